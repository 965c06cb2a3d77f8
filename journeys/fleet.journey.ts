import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeDevices } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import type { Page } from 'playwright-core';
import { isAccessible } from './support/axe.ts';
import type { MadeDevice } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

const MANY = 10_000;
/** Rows that fit a screen, with those drawn ahead of it. */
const FEW = 80;

let bench: MadeDevice;
const journey = useJourney({
  async prepare({ server, makeDevice }) {
    await makeDevices(server, 'generic', 'sensor', MANY);
    bench = await makeDevice({ deviceId: 'bench-1', name: 'Bench 1' });
    await makeDevice({ deviceId: 'bench-2', name: 'Bench 2' });
    await makeDevice({ deviceId: 'bench-10', name: 'Bench 10' });
  },
});

const list = (page: Page) => page.getByRole('list', { name: 'Fleet' });
const rows = (page: Page) => list(page).getByRole('listitem');
const row = (page: Page, name: string) => rows(page).filter({ has: page.getByRole('link', { name, exact: true }) });
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search by name, id or serial number' });

test('10,000 devices scroll to their end while a screenful of rows is drawn', async (t) => {
  const { page } = await journey.visit('/fleet');
  await shows(page.getByText('10,003 devices'));
  await reads(list(page), /^Bench 1\s?bench[\s\S]*Bench 2[\s\S]*Bench 10[\s\S]*sensor-1\n[\s\S]*sensor-2\n/);
  await isAccessible(page);
  await takePictures(page, 'fleet');

  await list(page).hover();
  const frames = page.evaluate<number[]>(countFrames);
  let most = 0;
  await until(
    async () => {
      await page.mouse.wheel(0, 8000);
      most = Math.max(most, await rows(page).count());
      return row(page, `sensor-${MANY}`).isVisible();
    },
    'the last device is on the screen',
    { deadline: 30_000 },
  );
  await page.evaluate('void (globalThis.scrolled = true)');
  assert.ok(most <= FEW, `${most} rows were drawn`);
  const times = (await frames).sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
  t.diagnostic(`frames while scrolling: middle ${at(0.5)} ms, 95 of 100 below ${at(0.95)} ms, longest ${at(1)} ms`);
  await page.mouse.wheel(0, -1_000_000);
  await shows(row(page, 'Bench 1'));
});

const countFrames = `new Promise((done) => {
  const times = [];
  let before = performance.now();
  const frame = () => {
    const now = performance.now();
    times.push(now - before);
    before = now;
    if (globalThis.scrolled) done(times);
    else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})`;

test('a search and filters narrow the list on the server, stay in the address, and survive a reload', async () => {
  const { page } = await journey.visit('/fleet');
  await search(page).fill('sensor-199');
  await shows(page.getByText('11 devices match'));
  await addressHas(page, { q: 'sensor-199' });
  await page.reload();
  await shows(page.getByText('11 devices match'));
  assert.equal(await search(page).inputValue(), 'sensor-199');
  await search(page).fill('');
  await page.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: 'Pressure station' }).click();
  await shows(page.getByText('3 devices match'));
  await addressHas(page, { q: null, type: 'industrial.pressure-station' });
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Maintenance' }).click();
  await shows(page.getByText('No device matches.'));
  await isAccessible(page);
  await takePictures(page, 'fleet-nothing');
  await page.getByRole('button', { name: 'Show all devices' }).click();
  await shows(page.getByText('10,003 devices'));
  await addressHas(page, { type: null, status: null });
});

test('Back returns from a device to the same list with the same row', async () => {
  const { page } = await journey.visit('/fleet?q=bench');
  await row(page, 'Bench 2').getByRole('link').click();
  await shows(page.getByRole('heading', { name: 'Bench 2' }));
  await page.goBack();
  await shows(page.getByText('3 devices match'));
  await page.goForward();
  await shows(page.getByRole('heading', { name: 'Bench 2' }));
});

test('the list is walked by keyboard: / to search, j and k to a row, Enter to open, n for a new device', async () => {
  const { page } = await journey.visit('/fleet');
  await shows(row(page, 'Bench 1'));
  await page.keyboard.press('/');
  await page.keyboard.type('bench');
  await shows(page.getByText('3 devices match'));
  await page.keyboard.press('Escape');
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  await addressHas(page, { selected: 'bench-2' });
  await until(
    async () => (await page.evaluate('document.activeElement.textContent')) === 'Bench 2',
    'the row has the focus',
  );
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Bench 2' }));
  await page.goBack();
  await addressHas(page, { selected: 'bench-2', q: 'bench' });
  await page.keyboard.press('n');
  await shows(page.getByRole('dialog').getByRole('heading', { name: 'Add a device' }));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});

test('states change in place while somebody looks', async () => {
  const { page } = await journey.visit('/fleet?q=bench');
  await reads(row(page, 'Bench 1'), /Never heard/);
  const device = await journey.connect(bench);
  await reads(row(page, 'Bench 1'), /Online/);
  await device.drop();
  await reads(row(page, 'Bench 1'), /Offline/);
  assert.match(await list(page).innerText(), /^Bench 1\s?bench/, 'the row stays where it was');
});

test('labels, roles, firmware and order limit and turn the list round, in the address too', async () => {
  await journey.makeDevice({ deviceId: 'vault-1', name: 'Vault 1' });
  await journey.api.patch(
    '/devices/vault-1',
    { labels: ['cellar'], role: 'manager', firmwareVersion: '2.4' },
    { version: 1 },
  );
  const { page } = await journey.visit('/fleet');
  const choose = async (field: string, option: string) => {
    await page.getByRole('combobox', { name: field }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  await choose('Label', 'cellar');
  await shows(page.getByText('1 device matches'));
  await choose('Role', 'manager');
  await choose('Firmware', '2.4');
  await addressHas(page, { label: 'cellar', role: 'manager', firmware: '2.4' });
  await reads(rows(page).first(), /Vault 1/);
  await isAccessible(page);
  await takePictures(page, 'fleet-filters');
  await page.reload();
  await shows(page.getByText('1 device matches'));
  await choose('Label', 'All labels');
  await choose('Role', 'All roles');
  await choose('Firmware', 'All firmware');
  await choose('Order', 'By name, from the end');
  await addressHas(page, { label: null, role: null, firmware: null, sort: '-name' });
  await reads(rows(page).first(), /Vault 1/);
});

test('devices are taken in from a file', async () => {
  const { page } = await journey.visit('/fleet');
  await page.getByRole('button', { name: 'Import, export' }).click();
  await page.getByRole('menuitem', { name: 'Import devices' }).click();
  const dialog = page.getByRole('dialog');
  const buffer = Buffer.from('deviceId,name,type\nimported-1,Imported 1,generic\nbench-1,Bench 1,\n');
  await dialog.getByLabel('CSV file').setInputFiles({ name: 'd.csv', mimeType: 'text/csv', buffer });
  await shows(dialog.getByText('1 problem. Nothing can be imported until it is solved.'));
  await takePictures(page, 'import-devices');
  await dialog.getByLabel('CSV file').setInputFiles({
    name: 'd.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('deviceId,name,type\nimported-1,Imported 1,generic\n'),
  });
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await shows(dialog.getByText('Done.'));
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await search(page).fill('imported');
  await reads(rows(page).first(), /Imported 1/);
});
