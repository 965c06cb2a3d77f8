import { test } from 'node:test';
import { bodyOf } from '@muster/testkit/api';
import type { MadeDevice } from './support/devices.ts';
import { useJourney } from './support/journey.ts';
import { reads, shows } from './support/look.ts';
import { takeForReadme } from './support/pictures.ts';

const journey = useJourney({ installation: 'demo' });
const MINUTE = 60_000;
let bench: MadeDevice;

/** Another device beside one of the demo. */
async function makeBeside(neighbour: string, deviceId: string, name: string): Promise<MadeDevice> {
  const { placeId, type } = await bodyOf(journey.api.get<{ placeId: string; type: string }>(`/devices/${neighbour}`));
  return journey.makeDevice({ deviceId, name, type, placeId });
}

test('the demo shows a fleet that talks, and what comes and goes in it', async () => {
  const { page } = await journey.visit('/');
  const workshop = page.getByRole('region', { name: 'Mask workshop' });
  const hotel = page.getByRole('region', { name: 'Harbour Hotel' });
  await reads(workshop, /18 devices/);
  await reads(hotel, /24 devices · 24 online/);
  await reads(page.getByRole('main'), /Points in\s+[1-9][\d.,]* \/s/);

  bench = await makeBeside('bench-9', 'bench-17', 'Bench 17');
  const tablet = await makeBeside('tablet-212', 'tablet-213', 'Tablet 213');
  const devices = [await journey.connect(bench), await journey.connect(tablet)] as const;
  await devices[1].end();
  await reads(hotel, /24 online/);
  await devices[0].drop();
  await reads(workshop, /1 offline/);
  await reads(hotel, /1 offline/);
  await reads(page.getByRole('main'), /44 devices, 2 need you/);
  await reads(page.getByRole('main'), /Device → screen p99\s+\d+ ms/);
  await takeForReadme(page, 'overview', 'desk', 'light');

  await page.goto('/fleet');
  await reads(page.getByRole('list', { name: 'Fleet' }), /Bench 1\s?bench-1[\s\S]*Bench 2/);
});

/** What the bench measures: a second pressure that sinks below its limit and stays there. By share of the last 15 minutes. */
const measured = (share: number) => ({
  p1: 3.3 + 0.3 * Math.sin(14 * share) + 0.06 * Math.sin(70 * share),
  p2: 0.03 * Math.sin(90 * share) + (share < 0.72 ? 2.2 : Math.max(0.94, 2.2 - 4.8 * (share - 0.72))),
  p3: 512 + 40 * Math.sin(9 * share),
});

test('a device shows its limits, a gap, what happened to it, and a value that left its band', async () => {
  const end = Date.now();
  const at = (ts: number) => ({ ts, values: measured(1 - (end - ts) / (15 * MINUTE)) });
  const times = Array.from({ length: 899 }, (_, index) => end - 15 * MINUTE + index * 1000);
  await bench.send(times.filter((ts) => ts < end - 9 * MINUTE || ts > end - 7.5 * MINUTE).map(at));
  const device = await journey.connect(bench);
  const events = [
    { type: 'mask_mounted', ts: end - 13 * MINUTE, data: { mask: 'FM-2207' } },
    { type: 'link_restored', ts: end - 7.5 * MINUTE, data: { awaySeconds: 90 } },
    { type: 'valve_opened', ts: end - 4.2 * MINUTE, data: { valve: 'P2' } },
  ];
  for (const event of events) await device.publish('devices/bench-17/events', event);
  const { page } = await journey.visit('/devices/bench-17?metric=p2');
  const timer = setInterval(() => void device.telemetry(at(Date.now())).catch(() => undefined), 500);
  try {
    const tile = page.getByRole('list', { name: 'Newest values' }).getByRole('listitem').nth(1);
    await reads(tile, /low[\s\S]*\b0s[\s\S]*0\.9\d\s*bar/);
    await shows(page.getByRole('img', { name: /stretch(?:es)? without data/ }).first());
    await reads(page.getByRole('region', { name: 'Just now' }), /valve_opened/);
    await reads(page.getByRole('banner'), /Live\s*(?:< )?\d+ ms/);
    await takeForReadme(page, 'device', 'desk', 'light');
  } finally {
    clearInterval(timer);
    await device.end();
  }
});
