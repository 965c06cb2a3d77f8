import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDevice } from '@muster/edge/device';
import type { Locator, Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import { type MadeDevice, makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { card, hides, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';
import { lostConnection, refused } from './support/watch.ts';

const MINUTE = 60_000;
let bench: MadeDevice;
const journey = useJourney({
  async prepare({ makeDevice }) {
    bench = await makeDevice({ deviceId: 'bench-5', name: 'Bench 5' });
    const from = Date.now() - 3 * MINUTE;
    const value = (index: number) => ({ ts: from + index * 500, values: { p1: 5, p2: 2.5, p3: 500 } });
    await bench.send(Array.from({ length: 360 }, (_, index) => value(index)));
  },
});

const since = /No data since \d\d:\d\d:\d\d/;
const lost = (page: Page) => page.getByRole('status').filter({ hasText: since });
const everywhere = [
  '/',
  '/fleet',
  '/fleet/places',
  '/devices/bench-5',
  '/devices/bench-5?tab=events',
  '/devices/bench-5?tab=access',
  '/administration',
  '/administration/audit',
  '/administration/people',
  '/administration/roles',
  '/administration/api-keys',
  '/administration/enrollment',
  '/administration/organizations',
  '/administration/sign-in',
  '/profile',
  '/first-steps',
];

test('every page says since when it hears nothing, then shows by itself what it missed, as after a reload', async () => {
  const { page: first, context, allow } = await journey.visit('/');
  allow(lostConnection);
  const pages = [first];
  for (const path of everywhere.slice(1)) {
    const page = await context.newPage();
    await page.goto(path);
    pages.push(page);
  }
  const headings: string[] = [];
  for (const page of pages) {
    await reads(page.getByRole('banner'), /Live/);
    headings.push(await page.getByRole('heading', { level: 1 }).innerText());
  }
  journey.link.cut();
  await Promise.all(pages.map((page) => shows(lost(page))));
  await reads(first.getByRole('banner'), /Reconnecting\s*no data since \d\d:\d\d:\d\d/);
  const hall = await makePlace(journey.api, 'Hall of the outage');
  await journey.makeDevice({ deviceId: 'bench-6', name: 'Bench of the outage', placeId: hall });
  await bench.send({ values: { p1: 6.25 } });
  await bench.send({ values: { p1: 'six' } }).catch(() => undefined);
  journey.link.mend();
  await Promise.all(pages.map((page) => hides(lost(page))));
  const [overview, fleet, places, live, , access] = pages as [Page, Page, Page, Page, Page, Page];
  await shows(overview.getByRole('region', { name: 'Hall of the outage' }));
  await shows(fleet.getByRole('link', { name: 'Bench of the outage' }));
  await shows(places.getByRole('link', { name: 'Hall of the outage' }));
  await reads(live.getByRole('list', { name: 'Newest values' }), /6\.25\s*bar/);
  await reads(card(access, 'Refused messages'), /A value of the wrong type/);
  for (const [index, page] of pages.entries()) {
    await reads(page.getByRole('banner'), /Live/);
    await page.reload();
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), headings[index]);
  }
  journey.link.cut();
  await shows(lost(first));
  await isAccessible(first);
  await takePictures(first, 'outage-overview');
  journey.link.mend();
});

test('what somebody does while the connection is away is not done, and neither lost', async () => {
  const { page, context, allow } = await journey.visit('/administration');
  allow(lostConnection);
  const organization = card(page, 'Organization');
  await organization.getByLabel('Name').fill('Nordhaven');
  const places = await context.newPage();
  await places.goto('/fleet/places');
  await places.getByRole('button', { name: 'Add a place' }).click();
  await places.getByRole('textbox', { name: 'Name' }).fill('Hall 9');
  const device = await context.newPage();
  await device.goto('/devices/bench-5');
  await device.getByRole('button', { name: 'Edit' }).click();
  await device.getByRole('dialog').getByLabel('Name').fill('Bench five');
  const adding = await context.newPage();
  await adding.goto('/fleet?add=true');
  await adding.getByRole('dialog').getByLabel('Device id').fill('bench-9');

  journey.link.cut();
  const forms = [organization, ...[places, device, adding].map((each) => each.getByRole('dialog'))];
  const send = (form: Locator) => form.getByRole('button', { name: /^(?:Save|Add and show its token)$/ }).click();
  for (const form of forms) {
    await send(form);
    await reads(form.getByRole('alert'), /^The server does not answer. Check the connection and try again.$/);
  }
  journey.link.mend();
  for (const form of forms) await send(form);
  await shows(page.getByRole('banner').getByText('Nordhaven'));
  await shows(places.getByRole('link', { name: 'Hall 9' }));
  await shows(device.getByRole('heading', { name: 'Bench five' }));
  await shows(adding.getByRole('dialog').getByRole('heading', { name: 'Connect bench-9' }));
});

test('every page and the palette open while the server is away, and show what they are for when it is back', async () => {
  const { page, allow } = await journey.visit('/');
  allow(lostConnection);
  await page.waitForLoadState('networkidle');
  journey.link.cut();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog', { name: 'Search or jump to' }).getByRole('combobox').fill('administration');
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Administration' }));
  await page.getByRole('link', { name: 'Fleet' }).click();
  await shows(page.getByRole('heading', { name: 'Fleet' }));
  await page.getByRole('button', { name: 'Add a device' }).click();
  await shows(page.getByRole('dialog').getByRole('heading', { name: 'Add a device' }));
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'Places' }).click();
  await shows(page.getByRole('heading', { name: 'Places' }));
  journey.link.mend();
  await shows(page.getByRole('link', { name: 'Hall of the outage' }));
  await page.getByRole('link', { name: 'Administration' }).click();
  await reads(card(page, 'Health'), /MQTT broker\s+Up/);
});

test('a page whose file cannot be fetched says so and comes at the next try', async () => {
  const { page, allow } = await journey.visit('/');
  allow(lostConnection, /Unable to preload CSS|dynamically imported module/);
  await page.route('**/assets/administration-page*', (route) => route.abort('connectionrefused'));
  await page.reload();
  await page.getByRole('link', { name: 'Administration' }).click();
  await shows(page.getByRole('heading', { name: 'This page could not be shown' }));
  await isAccessible(page);
  await page.unroute('**/assets/administration-page*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await shows(page.getByRole('heading', { name: 'Administration' }));
});

test('a server that restarts: nothing frozen looks live, and what devices kept meanwhile fills the gap', async () => {
  const { organization } = journey.server.owner;
  const device = createDevice({
    url: journey.server.mqtt,
    organization,
    deviceId: bench.deviceId,
    token: bench.token,
    backOff: { firstMs: 200, maximumMs: 500 },
  });
  let said = 0;
  const timer = setInterval(() => device.telemetry({ p1: 4 + ++said / 100, p2: 2.5, p3: 500 }), 500);
  device.start();
  try {
    const { page, allow } = await journey.visit('/devices/bench-5?range=1m');
    allow(lostConnection, refused(503));
    const tile = page.getByRole('list', { name: 'Newest values' }).getByRole('listitem').first();
    await reads(tile, /4\.\d\d\s*bar/);
    const chart = page.getByRole('img', { name: /^Pressure\. Pressure P1: lowest/ });
    await shows(chart);
    const goneAt = Date.now();
    await journey.server.stop();
    await shows(lost(page));
    await reads(tile, /last value \d\d:\d\d:\d\d/);
    await isAccessible(page);
    await takePictures(page, 'outage-device');
    await journey.server.start();
    const backAt = Date.now();
    await hides(lost(page));
    await reads(tile, /4\.\d\d\s*bar(?![\s\S]*last value)/);

    // the moment in the middle of the outage has a value: the device had kept it
    await reads(page.getByRole('banner'), /Live\s*[<\d ]+ms/);
    const box = await chart.boundingBox();
    assert.ok(box);
    const share = 1 - (Date.now() - (goneAt + backAt) / 2) / MINUTE;
    await page.mouse.move(box.x + 52 + share * (box.width - 60), box.y + box.height / 2);
    const legend = page.getByRole('region', { name: 'Pressure' }).first().getByRole('list');
    await reads(legend, /Pressure P1\s*4\.\d\d bar/);
  } finally {
    clearInterval(timer);
    await device.stop();
  }
});

test('a page that is opened while the server is away waits for it', async () => {
  const { page, allow } = await journey.visit('/fleet');
  allow(lostConnection);
  await page.route('**/api/v1/**', (route) => route.abort('connectionrefused'));
  await page.reload();
  await shows(page.getByRole('heading', { name: 'The server does not answer' }));
  await isAccessible(page);
  await takePictures(page, 'outage-start');
  await page.unroute('**/api/v1/**');
  await shows(page.getByRole('heading', { name: 'Fleet' }));
});
