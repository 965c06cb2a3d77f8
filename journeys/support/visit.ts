import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { saveFailure } from './pictures.ts';
import { type Watch, watch } from './watch.ts';

/** A person in front of a screen of their own. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** See {@link Watch.allow}. */
  allow: Watch['allow'];
}

/** All visits of a test. */
export interface Visits {
  open(browser: Browser, origin: string, options: BrowserContextOptions): Promise<Visit>;
  /** Closes them. @returns what went wrong in their pages; with `failed`, the pictures that were taken of them */
  close(failed: boolean): Promise<string[]>;
}

/** Long enough for a busy machine: waits end with what they wait for. */
export const PATIENCE_MS = 20_000;

/** A desk in Warsaw, so that local time is not UTC. */
const desk: BrowserContextOptions = {
  viewport: { width: 1440, height: 900 },
  locale: 'en-GB',
  timezoneId: 'Europe/Warsaw',
  colorScheme: 'light',
  reducedMotion: 'reduce',
};

/** Starts without visits. */
export function createVisits(): Visits {
  const open: { context: BrowserContext; watched: Watch }[] = [];
  return {
    async open(browser, origin, options) {
      const context = await browser.newContext({ ...desk, ...options, baseURL: origin });
      context.setDefaultTimeout(PATIENCE_MS);
      const watched = await watch(context, origin);
      open.push({ context, watched });
      return { context, page: await context.newPage(), allow: watched.allow };
    },
    async close(failed) {
      const notes: string[] = [];
      for (const { context, watched } of open.splice(0)) {
        if (failed) notes.push(...(await Promise.all(context.pages().map(saveFailure))));
        notes.push(...watched.faults());
        await context.close();
      }
      return notes;
    },
  };
}
