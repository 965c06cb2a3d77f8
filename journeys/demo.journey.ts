import { test } from 'node:test';
import { bodyOf } from '@muster/testkit/api';
import type { MadeDevice } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { reads, shows } from './support/look.ts';
import { takeForReadme } from './support/pictures.ts';

const journey = useJourney({ installation: 'demo' });
const MINUTE = 60_000;
let bench: MadeDevice;

/** A pressure that sinks below its limit and stays there, by the share of the last 15 minutes that has passed. */
const sinking = (share: number) =>
  0.03 * Math.sin(90 * share) + (share < 0.72 ? 2.5 : Math.max(0.94, 2.5 - 5.8 * (share - 0.72)));

test('the demo shows a fleet that talks; the pictures of the README are made of it', async () => {
  const { api } = journey;
  const { page } = await journey.visit('/');
  await reads(page.getByRole('region', { name: 'Mask workshop' }), /18 devices/);
  await reads(page.getByRole('region', { name: 'Harbour Hotel' }), /24 devices · 24 online/);
  await reads(page.getByRole('main'), /Points in\s+[1-9][\d.,]* \/s/);

  const { placeId } = await bodyOf(api.get<{ placeId: string }>('/devices/bench-9'));
  bench = await journey.makeDevice({ deviceId: 'bench-17', name: 'Bench 17', placeId });
  const device = await journey.connect(bench);
  await reads(page.getByRole('region', { name: 'Mask workshop' }), /18 online/);
  await device.drop();
  await reads(page.getByRole('region', { name: 'Mask workshop' }), /1 offline/);
  await reads(page.getByRole('main'), /Device → screen p99\s+\d+ ms/);
  await takeForReadme(page, 'overview', 'desk', 'light');

  await page.goto('/fleet');
  await reads(page.getByRole('list', { name: 'Fleet' }), /Bench 1\s?bench-1[\s\S]*Bench 2/);
  await takeForReadme(page, 'fleet-phone', 'phone', 'light');
});

test('the picture of a device shows its limits, a gap, and a value that left its band', async () => {
  const end = Date.now();
  const at = (ts: number) => {
    const share = 1 - (end - ts) / (15 * MINUTE);
    const p1 = 4.3 + 0.3 * Math.sin(14 * share) + 0.06 * Math.sin(70 * share);
    return { ts, values: { p1, p2: sinking(share), p3: 512 + 20 * Math.sin(9 * share) } };
  };
  const times = Array.from({ length: 899 }, (_, index) => end - 15 * MINUTE + index * 1000);
  await bench.send(times.filter((ts) => ts < end - 9 * MINUTE || ts > end - 7.5 * MINUTE).map(at));
  const device = await journey.connect(bench);
  const { page } = await journey.visit('/devices/bench-17?metric=p2');
  const timer = setInterval(() => void device.telemetry(at(Date.now())).catch(() => undefined), 500);
  try {
    const tile = page.getByRole('list', { name: 'Newest values' }).getByRole('listitem').nth(1);
    await reads(tile, /low[\s\S]*0\.9\d\s*bar/);
    await shows(page.getByRole('img', { name: /stretch(?:es)? without data/ }).first());
    await reads(page.getByRole('banner'), /Live\s*(?:< )?\d+ ms/);
    await takeForReadme(page, 'device', 'desk', 'dark');
  } finally {
    clearInterval(timer);
    await device.end();
  }
});
