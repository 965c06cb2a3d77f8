import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Axe finds nothing wrong with what the page shows, in light and in dark. */
export async function isAccessible(page: Page): Promise<void> {
  // without frames there is nothing to gather in a page of its own
  const axe = () => new AxeBuilder({ page }).setLegacyMode();
  await isClean(page, axe(), 'light');
  // colours are all that differs
  await isClean(page, axe().withRules(['color-contrast', 'link-in-text-block']), 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
}

async function isClean(page: Page, axe: AxeBuilder, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  const { violations } = await axe.analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(' ')}\n  ${failureSummary}`),
  );
  assert.deepEqual(found, [], `axe on ${page.url()} in ${colorScheme}`);
}
