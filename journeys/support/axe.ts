import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

type Violations = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'];

/** All that differs in dark, asked of the axe that the first look has left in the page. */
const colours = `axe.run(document, { runOnly: ['color-contrast', 'link-in-text-block'] }).then(({ violations }) => violations)`;

/** Axe finds nothing wrong with what the page shows, in light and in dark. */
export async function isAccessible(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  // without frames there is nothing to gather in a page of its own
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  isClean(page, violations, 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  isClean(page, await page.evaluate<Violations>(colours), 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
}

function isClean(page: Page, violations: Violations, colorScheme: 'light' | 'dark'): void {
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(' ')}\n  ${failureSummary}`),
  );
  assert.deepEqual(found, [], `axe on ${page.url()} in ${colorScheme}`);
}
