import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { hides, shows } from './support/look.ts';

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1 };
const LONG = 'Pressure bench for the acceptance of full-face masks, by the window';
/** Millimetres matter to a gloved thumb: controls are 40 px high on touch. */
const THUMB = 40;

const journey = useJourney({
  async prepare({ api, makeDevice }) {
    const works = await makePlace(api, 'Mask workshop of the northern works', 'workshop');
    const hall = await makePlace(api, 'Hall 2, behind the paint shop', 'hall', works);
    const bench = await makeDevice({ deviceId: 'bench-5', name: LONG, placeId: hall });
    await bench.send({ values: { p1: 5, p2: 0.94, p3: 1200 } });
  },
});

const addresses = [
  '/',
  '/fleet',
  '/first-steps?step=security',
  '/first-steps?step=place',
  '/first-steps?step=device',
  '/fleet?add=true',
  '/fleet/places',
  '/devices/bench-5',
  '/devices/bench-5?view=table',
  '/devices/bench-5?tab=events',
  '/devices/bench-5?tab=access',
  '/administration',
  '/administration/audit',
];

/** What is wider than the screen, or sticks out of it. */
const wide = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

test('no page is wider than a phone, none hides something from axe, and every tap has room for a thumb', async () => {
  const { page } = await journey.visit('/', phone);
  const small: Record<string, string[]> = {};
  for (const address of addresses) {
    await page.goto(address);
    await shows(page.getByRole('heading', { level: 1 }));
    await page.waitForLoadState('networkidle');
    assert.equal(await wide(page), 0, `${address} is wider than the screen`);
    await isAccessible(page);
    const found = await page.evaluate<string[]>(findSmall);
    if (found.length > 0) small[address] = found;
  }
  assert.deepEqual(small, {});
});

test('every page is a tap away', async () => {
  const { page } = await journey.visit('/', phone);
  for (const name of ['Fleet', 'Administration', 'Overview']) {
    const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name });
    const box = await link.boundingBox();
    assert.ok(
      box && box.height >= THUMB && box.y + box.height <= 844,
      `${name} is ${box?.height} px high at ${box?.y}`,
    );
    await link.tap();
    await shows(page.getByRole('heading', { name, level: 1 }));
  }
});

/**
 * What can be pressed and is lower than a thumb needs, by where a tap would land: a name whose whole tile reacts is as
 * high as the tile.
 */
const findSmall = `[...document.querySelectorAll('button, a[href], input, [role="button"], [role="tab"]')].flatMap((element) => {
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, width, top, height } = element.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const hit = (at) => element.contains(document.elementFromPoint(x, at)) || (element.labels?.[0]?.contains(document.elementFromPoint(x, at)) ?? false);
  if (!hit(y)) return [];
  let high = 1;
  while (high < ${THUMB} && hit(y - high / 2) && hit(y + high / 2 - 0.5)) high++;
  return high >= ${THUMB} ? [] : [(element.ariaLabel ?? (element.innerText || element.type)) + ' ' + high + ' px'];
})`;

test('what stands in the top bar of a desk is in reach on a phone: place, search, clock, sign out', async () => {
  const { page } = await journey.visit('/devices/bench-5', phone);
  await shows(page.getByRole('button', { name: 'Everywhere' }));
  await page.getByRole('button', { name: 'Search or jump to' }).tap();
  await shows(page.getByRole('dialog', { name: 'Search or jump to' }));
  await page.keyboard.press('Escape');
  await hides(page.getByRole('dialog'));
  await page.getByRole('button', { name: 'Menu of owner' }).tap();
  for (const name of ['Dark', 'Polski', 'UTC']) await shows(page.getByRole('menuitemradio', { name }));
  await shows(page.getByRole('menuitem', { name: 'Sign out' }));
  assert.equal(await wide(page), 0);
});
