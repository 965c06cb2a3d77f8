import { until } from '@muster/testkit/until';
import type { Locator, Page } from 'playwright-core';
import { PATIENCE_MS } from './visit.ts';

/** Waits until it is there to be seen. */
export const shows = (what: Locator): Promise<void> => what.waitFor({ state: 'visible' });

/** Waits until it is not there, or not to be seen. */
export const hides = (what: Locator): Promise<void> => what.waitFor({ state: 'hidden' });

/** Waits until the page's address has these query parameters; null: not this one. */
export async function addressHas(page: Page, wanted: Record<string, string | null | RegExp>): Promise<void> {
  const entries = Object.entries(wanted);
  const has = ([name, value]: [string, string | null | RegExp]) => {
    const is = new URL(page.url()).searchParams.get(name);
    return value instanceof RegExp ? is !== null && value.test(is) : is === value;
  };
  const words = entries.map(([name, value]) => `${name}=${value}`).join(', ');
  await until(() => entries.every(has), `the address has ${words}`).catch((cause) => {
    throw new Error(`${page.url()} has not ${words}`, { cause });
  });
}

/** Waits until what is seen reads like this. */
export async function reads(what: Locator, wanted: RegExp): Promise<string> {
  let text = '';
  await until(
    async () => {
      text = await what.innerText();
      return wanted.test(text);
    },
    `${what} reads ${wanted}`,
    { deadline: PATIENCE_MS },
  ).catch((cause) => {
    throw new Error(`${what} reads ${JSON.stringify(text)} and not ${wanted}`, { cause });
  });
  return text;
}

/** A surface by its heading. */
export const card = (page: Page, heading: string): Locator =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: heading, exact: true }) });
