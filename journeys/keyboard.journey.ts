import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@muster/testkit/until';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const journey = useJourney({
  async prepare({ api, makeDevice }) {
    const hall = await makePlace(api, 'Hall 2');
    const bench = await makeDevice({ deviceId: 'bench-5', name: 'Bench 5', placeId: hall });
    await makeDevice({ deviceId: 'bench-6', name: 'Bench 6', placeId: hall });
    await bench.send({ values: { p1: 5, p2: 2.5, p3: 500 } });
  },
});

const palette = (page: Page) => page.getByRole('dialog', { name: 'Search or jump to' });

/** Opens the palette, types, and waits until what Enter would do is called like this. */
async function find(page: Page, text: string, first: RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  await shows(palette(page));
  await page.keyboard.type(text);
  await reads(palette(page).getByRole('option').first(), first);
}

/** Waits until what has the focus is called like this. */
async function hasFocus(page: Page, name: string): Promise<void> {
  const named = () => page.evaluate<string>('document.activeElement.ariaLabel ?? document.activeElement.textContent');
  await until(async () => (await named()) === name, `the focus is on ${name}`);
}

/** Presses Tab until what has the focus is called like this. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const named = await page.evaluate<string>(`{
      const focused = document.activeElement;
      focused.getAttribute('aria-label') ?? (focused.labels?.[0]?.textContent || focused.textContent)
    }`);
    if (name.test(named)) return;
  }
  assert.fail(`Tab does not reach ${name} on ${page.url()}`);
}

test('from signing in to a device’s values without a pointer', async () => {
  const { username, password } = journey.owner;
  const { page } = await journey.visitAsStranger('/');
  await shows(page.getByRole('heading', { name: 'Sign in' }));
  await until(() => page.evaluate('document.activeElement.tagName === "INPUT"'), 'the first field has the focus');
  await page.keyboard.type(username);
  await tabTo(page, /^Password/);
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Overview' }));

  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await shows(page.getByRole('heading', { name: 'Fleet' }));
  await tabTo(page, /^Bench 5$/);
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Bench 5' }));
  await tabTo(page, /^Live$/);
  for (let tabs = 0; tabs < 3; tabs++) await page.keyboard.press('ArrowRight');
  await addressHas(page, { tab: 'access' });
});

test('a dialog that closes gives the focus back to what opened it', async () => {
  const { page } = await journey.visit('/devices/bench-5?tab=access');
  for (const name of ['New token', 'Edit', 'Delete']) {
    await page.getByRole('button', { name }).focus();
    await page.keyboard.press('Enter');
    await shows(page.getByRole('dialog'));
    await page.keyboard.press('Escape');
    await hides(page.getByRole('dialog'));
    await hasFocus(page, name);
  }
  await page.keyboard.press('Control+k');
  await shows(palette(page));
  await page.keyboard.press('Escape');
  await hasFocus(page, 'Delete');

  await page.goto('/fleet/places');
  for (const entry of ['Edit', 'Move to…', 'Delete']) {
    await page.getByRole('button', { name: 'What to do with Hall 2' }).focus();
    await page.keyboard.press('Enter');
    await shows(page.getByRole('menu'));
    await page.getByRole('menuitem', { name: entry }).focus();
    await page.keyboard.press('Enter');
    await shows(page.getByRole('dialog'));
    await page.keyboard.press('Escape');
    await hides(page.getByRole('dialog'));
    await hasFocus(page, 'What to do with Hall 2');
  }
});

test('the first Tab of a page skips to its content, and what has the focus is seen', async () => {
  const { page } = await journey.visit('/administration');
  // before its fields are there the page has nothing that could take the focus
  await shows(page.getByRole('main').getByRole('textbox').first());
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the page' });
  await shows(skip);
  const box = await skip.boundingBox();
  assert.ok(box && box.x >= 0 && box.y >= 0, 'it comes into sight');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.closest("main") !== null'), true);
});

test('Ctrl-K leads to a device, a place, a page and a command', async () => {
  const { page } = await journey.visit('/');
  await page.keyboard.press('Control+k');
  await shows(palette(page));
  await isAccessible(page);
  await takePictures(page, 'palette');
  await page.keyboard.press('Escape');
  await hides(palette(page));

  await find(page, 'bench 6', /Bench 6\s+bench-6/);
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Bench 6' }));
  await find(page, 'hall', /Hall 2\s+show only this place/);
  await page.keyboard.press('Enter');
  await addressHas(page, { place: /./ });
  await find(page, 'admin', /Administration/);
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Administration' }));
  await find(page, 'add a dev', /Add a device/);
  await page.keyboard.press('Enter');
  await shows(page.getByRole('dialog').getByRole('heading', { name: 'Add a device' }));
  await page.keyboard.press('Escape');
  await hides(page.getByRole('dialog'));

  await page.keyboard.press('Control+k');
  await shows(palette(page));
  await page.keyboard.type('zebra');
  await shows(palette(page).getByText('Nothing is called “zebra”'));
});

test('Enter never opens what was found for fewer letters, however fast somebody types', async () => {
  const { page } = await journey.visit('/');
  await page.keyboard.press('Control+k');
  await reads(palette(page).getByRole('option').first(), /Bench 5/);
  await page.keyboard.type('hall');
  await page.keyboard.press('Enter');
  await addressHas(page, { place: /./ });
  await page.keyboard.press('Control+k');
  await reads(palette(page).getByRole('option').first(), /Bench 5/);
  await page.keyboard.type('bench-6');
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Bench 6' }));
});

test('? lists the keys, and no key acts while somebody types', async () => {
  const { page } = await journey.visit('/fleet');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog');
  await reads(
    dialog,
    /Keyboard shortcuts[\s\S]*Search in the list\s+\/[\s\S]*Next row\s+j\s+Previous row\s+k\s+Open the selected row\s+Enter/,
  );
  await isAccessible(page);
  await takePictures(page, 'keys');
  await page.keyboard.press('Escape');
  await hides(dialog);
  const search = page.getByRole('searchbox');
  await search.fill('');
  await search.press('?');
  await search.press('n');
  assert.equal(await search.inputValue(), '?n');
  assert.equal(await page.getByRole('dialog').count(), 0);
});
