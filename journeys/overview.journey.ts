import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLive } from '@muster/testkit/live';
import { isAccessible } from './support/axe.ts';
import { type MadeDevice, makePlace } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { addressHas, card, reads, shows } from './support/look.ts';
import { takePictures } from './support/pictures.ts';

let bench: MadeDevice;
const journey = useJourney({
  async prepare({ api, makeDevice }) {
    const workshop = await makePlace(api, 'Mask workshop', 'workshop');
    const hall = await makePlace(api, 'Hall 1', 'hall', workshop);
    await makePlace(api, 'Hall 2', 'hall', workshop);
    const hotel = await makePlace(api, 'Harbour Hotel', 'hotel');
    bench = await makeDevice({ deviceId: 'bench-1', name: 'Bench 1', placeId: hall });
    await makeDevice({ deviceId: 'bench-2', name: 'Bench 2', placeId: hall });
    await makeDevice({ deviceId: 'tablet-1', name: 'Tablet 1', type: 'hospitality.tablet', placeId: hotel });
    await makeDevice({ deviceId: 'spare', name: 'Spare', type: 'generic' });
  },
});

test('every root place is a tile with its devices, and so are those without a place', async () => {
  const { page } = await journey.visit('/');
  await reads(page.getByRole('region', { name: 'Mask workshop' }), /2 places · 2 devices · 0 online/);
  await reads(page.getByRole('region', { name: 'Harbour Hotel' }), /1 device · 0 online/);
  await reads(page.getByRole('region', { name: 'Without a place' }), /1 device · 0 online/);
  await reads(page.getByRole('main'), /4 devices, none needs you/);
  await shows(page.getByText('Nothing changed in the last hour.'));
});

test('a tile leads into its place, the place into its devices, and Back returns', async () => {
  const { page } = await journey.visit('/');
  await page.getByRole('link', { name: 'Mask workshop', exact: true }).click();
  await shows(page.getByRole('heading', { name: 'Mask workshop', level: 1 }));
  await reads(page.getByRole('region', { name: 'Hall 1' }), /2 devices/);
  await page.getByRole('link', { name: 'Hall 1', exact: true }).click();
  await shows(page.getByRole('heading', { name: 'Fleet' }));
  await reads(page.getByRole('list', { name: 'Fleet' }), /Bench 1[\s\S]*Bench 2/);
  await page.goBack();
  await page.goBack();
  await shows(page.getByRole('heading', { name: 'Overview' }));
  await addressHas(page, { place: null });
});

test('a device that comes and goes is seen without a reload: tile, number in trouble, and why', async () => {
  const { page } = await journey.visit('/');
  const tile = page.getByRole('region', { name: 'Mask workshop' });
  await shows(tile);
  const device = await journey.connect(bench);
  await reads(tile, /1 online/);
  await device.drop();
  await reads(tile, /1 offline/);
  await reads(page.getByRole('main'), /4 devices, 1 needs you/);
  const changes = card(page, 'What changed in the last hour');
  await reads(changes, /Bench 1\s+Offline\s+its connection was lost/);
  await reads(changes, /Bench 1\s+Online\s+it connected/);
  await isAccessible(page);
  await takePictures(page, 'overview-trouble');
  await tile.getByRole('link', { name: '1 offline' }).click();
  await addressHas(page, { status: 'offline', place: /./ });
  await reads(page.getByRole('list', { name: 'Fleet' }), /Bench 1/);
});

test('the figures of the installation follow what comes in, and account for every message', async () => {
  const device = await journey.connect(bench);
  const send = () => void device.telemetry({ values: { p1: 5, p2: 2.5, p3: 500 } }).catch(() => undefined);
  const timer = setInterval(send, 50);
  const watcher = await openLive(journey.server.http, journey.api);
  try {
    watcher.send({ subscribe: ['device:bench-1'] });
    await watcher.hear(({ data }) => data?.values !== undefined, 'a value on its way to a screen');
    const { page } = await journey.visit('/');
    const installation = card(page, 'This installation');
    await reads(installation, /Messages in\s+[1-9][\d.]* \/s\s+Points in\s+[1-9][\d.]* \/s/);
    await device.publish('devices/bench-1/telemetry', 'not JSON');
    await reads(installation, /Device → screen p99\s+\d+ ms/);
    await page.reload();
    assert.match(await reads(installation, /Received\s+[1-9][\s\S]*Refused\s+1\b/), /Lost\s+0/);
  } finally {
    clearInterval(timer);
    await watcher.close();
    await device.end();
  }
});

test('the place filter follows from page to page and is in the address', async () => {
  const { page } = await journey.visit('/');
  await page.getByRole('button', { name: 'Place Everywhere' }).click();
  await page.getByLabel('Find a place').fill('harb');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await shows(page.getByRole('heading', { name: 'Harbour Hotel', level: 1 }));
  await page.getByRole('link', { name: 'Fleet' }).click();
  await reads(page.getByRole('list', { name: 'Fleet' }), /Tablet 1/);
  assert.equal(await page.getByRole('listitem').filter({ hasText: 'Bench' }).count(), 0);
  await addressHas(page, { place: /./ });
  await page.reload();
  await shows(page.getByRole('button', { name: 'Place Harbour Hotel' }));
});

test('an address that leads nowhere says so and leads back', async () => {
  const { page } = await journey.visit('/no/such/page');
  await shows(page.getByRole('heading', { name: 'There is no such page' }));
  await isAccessible(page);
  await page.getByRole('link', { name: 'To the overview', exact: true }).click();
  await shows(page.getByRole('heading', { name: 'Overview' }));
});
