import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import type { MadeDevice } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, card, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

let bench: MadeDevice;
let tablet: MadeDevice;
const journey = useJourney({
  async prepare({ makeDevice }) {
    bench = await makeDevice({ deviceId: 'bench-5', name: 'Bench 5' });
    tablet = await makeDevice({ deviceId: 'tablet-101', name: 'Tablet 101', type: 'hospitality.tablet' });
  },
});

const values = (page: Page) => page.getByRole('list', { name: 'Newest values' });
const tile = (page: Page, metric: string) =>
  values(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: metric, exact: true }) });

/** Notes when each text was first seen in the list of newest values, ms since 1970. */
const noteTexts = `{
  const list = document.querySelector('ul[aria-label="Newest values"]');
  globalThis.firstSeen = {};
  new MutationObserver(() => {
    for (const text of list.innerText.match(/\\d+\\.\\d+/g) ?? []) globalThis.firstSeen[text] ??= Date.now();
  }).observe(list, { subtree: true, childList: true, characterData: true });
}`;

test('a device that never spoke says how to make it speak', async () => {
  const { page } = await journey.visit('/devices/bench-5');
  await shows(page.getByRole('heading', { name: 'Nothing received yet' }));
  await reads(page.getByText(/^mosquitto_pub /), /-u acme\/bench-5 -P TOKEN .* -t devices\/bench-5\/telemetry/);
  await isAccessible(page);
  await takePictures(page, 'device-nothing-yet');
  const device = await journey.connect(bench);
  await device.telemetry({ values: { p1: 5, p2: 2.5, p3: 500 } });
  await reads(tile(page, 'Pressure P1'), /5.00\s*bar/);
  await reads(page.getByRole('main'), /Online/);
  await device.end();
});

test('a published value is on the screen within a second', async (t) => {
  const device = await journey.connect(bench);
  await device.telemetry({ values: { p1: 5, p2: 2.5, p3: 500 } });
  const { page } = await journey.visit('/devices/bench-5');
  await shows(values(page));
  await page.evaluate(noteTexts);
  const sent = new Map<string, number>();
  for (let n = 1; n <= 20; n++) {
    const value = 4 + n / 100;
    sent.set(value.toFixed(2), Date.now());
    await device.telemetry({ values: { p1: value } });
    await reads(tile(page, 'Pressure P1'), new RegExp(`${value.toFixed(2)}\\s*bar`));
  }
  const seen = await page.evaluate<Record<string, number>>('globalThis.firstSeen');
  const delays = [...sent].map(([text, at]) => (seen[text] ?? Number.NaN) - at).sort((a, b) => a - b);
  t.diagnostic(`publish to screen: middle ${delays[10]} ms, longest ${delays[19]} ms of ${delays.length}`);
  assert.ok(delays.every(Number.isFinite), 'every value was seen');
  await reads(page.getByRole('banner'), /Live\s*(?:<\s)?\d+ ms/);
  await device.end();
});

test('a value beyond its limits says which, in the tile and in the list of limits', async () => {
  const device = await journey.connect(bench);
  const { page } = await journey.visit('/devices/bench-5');
  await device.telemetry({ values: { p1: 5, p2: 0.94, p3: 950 } });
  await reads(tile(page, 'Pressure P2'), /\blow\b[\s\S]*0.94\s*bar/);
  await reads(tile(page, 'Pressure P3'), /high high[\s\S]*950.0\s*mbar/);
  await tile(page, 'Pressure P2').getByRole('button').click();
  await addressHas(page, { metric: 'p2' });
  await reads(
    card(page, 'Limits Pressure P2'),
    /High high\s+4.50 bar[\s\S]*Low\s+1.00 bar[\s\S]*Measuring range\s+0.00 – 5.00 bar/,
  );
  await isAccessible(page);
  await takePictures(page, 'device-limits');
  await page.getByRole('button', { name: 'Table' }).click();
  await reads(page.getByRole('row', { name: /Pressure P3/ }), /950.0 mbar\s+high high/);
  await isAccessible(page);
  await takePictures(page, 'device-table');
  await device.end();
});

test('a value of bad or uncertain quality is marked and raises no limit', async () => {
  const device = await journey.connect(bench);
  const { page } = await journey.visit('/devices/bench-5');
  await device.telemetry({ quality: { p2: 'uncertain' }, values: { p1: 12.5, p2: 2.5, p3: 500 } });
  const bad = await reads(tile(page, 'Pressure P1'), /bad quality[\s\S]*12.50\s*bar/);
  assert.doesNotMatch(bad, /high/);
  await reads(tile(page, 'Pressure P2'), /uncertain[\s\S]*2.50\s*bar/);
  await isAccessible(page);
  await takePictures(page, 'device-quality');
  await device.end();
});

test('a value that grows old fades and says how old it is', async () => {
  const device = await journey.connect(bench);
  await device.telemetry({ values: { p1: 5, p2: 2.5, p3: 500 } });
  const { page } = await journey.visit('/devices/bench-5');
  await reads(tile(page, 'Pressure P1'), /stale, \d+s[\s\S]*5.00\s*bar[\s\S]*last value \d\d:\d\d:\d\d/);
  await isAccessible(page);
  await takePictures(page, 'device-stale');
  await device.telemetry({ values: { p1: 5.5, p2: 2.5, p3: 500 } });
  assert.doesNotMatch(await reads(tile(page, 'Pressure P1'), /5.50\s*bar/), /stale/);
  await device.end();
});

test('numbers, words and yes or no stand side by side', async () => {
  const device = await journey.connect(tablet);
  await device.telemetry({
    values: { battery: 18, charging: false, rssi: -61, ssid: 'Harbour guests', uptime: 86400 },
  });
  const { page } = await journey.visit('/devices/tablet-101');
  await reads(tile(page, 'Battery'), /low[\s\S]*18\s*%/);
  await reads(tile(page, 'Charging'), /\bno\b/);
  await reads(tile(page, 'Wi-Fi network (SSID)'), /Harbour guests/);
  await reads(tile(page, 'Access point (BSSID)'), /no value yet/);
  await device.telemetry({ values: { charging: true } });
  await reads(tile(page, 'Charging'), /\byes\b/);
  await isAccessible(page);
  await takePictures(page, 'device-tablet');
  await device.end();
});

test('a device that is not there says so', async () => {
  const { page, allow } = await journey.visit('/devices/no-such-device');
  allow(/status of 404/);
  await shows(page.getByRole('heading', { name: 'There is no device no-such-device' }));
  await isAccessible(page);
});
