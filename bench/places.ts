import assert from 'node:assert/strict';
import type { Device } from '@muster/contract/devices';
import { deviceOrders } from '@muster/contract/devices';
import type { ImportReport } from '@muster/contract/imports';
import type { PlaceWithHealth } from '@muster/contract/places';
import type { Bench, BenchContext } from './bench.ts';
import { type Client, signIn } from './harness/client.ts';
import { startServer } from './harness/server.ts';
import { spread } from './harness/spread.ts';

const SITES = 10;
const HALLS = 9;
const READS = 60;
const LABELS = 20;
const limit = { sign: '<', value: 50 } as const;

/** How long a page of places with their health waits, and a page of the device list with any filter and in any order. */
export const places: Bench = {
  name: 'places',
  title: 'The place tree with its health, and the device list',
  async run(ctx) {
    const size = ctx.quick ? { devices: 200, rooms: 1 } : { devices: 10_000, rooms: 10 };
    const server = await startServer({ flags: ctx.serverFlags });
    const client = await signIn(server.http);
    const paths = await fill(ctx, client, size);
    ctx.note(
      `${size.devices.toLocaleString('en')} devices stand in ${paths.toLocaleString('en')} places of three levels.`,
    );
    await readTree(ctx, client, size.devices, paths);
    await readLists(ctx, client, size.devices);
    await server.stop();
  },
};

/** Both files of an import. Answers how many places there are. */
async function fill(ctx: BenchContext, client: Client, { devices, rooms }: { devices: number; rooms: number }) {
  const lines: string[] = [];
  const leaves: string[] = [];
  for (let site = 1; site <= SITES; site++) {
    lines.push(`site-${site},Site ${site},site,l-${site}`);
    for (let hall = 1; hall <= HALLS; hall++) {
      lines.push(`site-${site}/hall-${hall},Hall ${hall},hall,`);
      for (let room = 1; room <= rooms; room++) {
        const path = `site-${site}/hall-${hall}/room-${room}`;
        lines.push(`${path},Room ${room},room,`);
        leaves.push(path);
      }
    }
  }
  const made = await client.postCsv<ImportReport>('/imports/places', `path,name,kind,labels\n${lines.join('\n')}\n`);
  assert.equal(made.created, lines.length);
  const rows = Array.from({ length: devices }, (_, index) =>
    [
      `device-${index}`,
      `Device ${index}`,
      index % 3 ? 'industrial.pressure-station' : 'generic',
      leaves[index % leaves.length],
      index % 5 ? 'worker' : 'manager',
      `1.${index % 7}`,
      `label-${index % LABELS}`,
    ].join(','),
  );
  const file = `deviceId,name,type,place,role,firmwareVersion,labels\n${rows.join('\n')}\n`;
  const startedAt = performance.now();
  const report = await client.postCsv<ImportReport>('/imports/devices', file);
  assert.equal(report.created, devices);
  const seconds = (performance.now() - startedAt) / 1000;
  ctx.measured({ name: `${devices.toLocaleString('en')} devices imported from a file`, value: seconds, unit: 's' });
  return lines.length;
}

async function readTree(ctx: BenchContext, client: Client, devices: number, count: number): Promise<void> {
  const times = await timesOf(async () => {
    const { items } = await client.get<{ items: PlaceWithHealth[] }>('/places?limit=500');
    assert.equal(items.length, Math.min(500, count));
    assert.ok(items.every(({ health }) => health !== null));
  });
  report(ctx, 'a page of 500 places with their health', times);
  let total = 0;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = cursor === undefined ? '' : `&cursor=${cursor}`;
    const page = await client.get<{ items: PlaceWithHealth[]; nextCursor: string | null }>(`/places?limit=500${query}`);
    for (const { parentId, health } of page.items) if (parentId === null) total += health?.devices.total ?? 0;
    cursor = page.nextCursor;
  }
  assert.equal(total, devices, 'each device counts once at the top');
}

async function readLists(ctx: BenchContext, client: Client, devices: number): Promise<void> {
  const { items } = await client.get<{ items: PlaceWithHealth[] }>('/places?limit=1');
  const all = devices;
  const filters: [name: string, query: string, total?: number][] = [
    ['no filter', '', all],
    ['a place and all below it', `placeId=${items[0]?.id}`],
    ['a type', 'type=generic', Math.ceil(all / 3)],
    ['a state', 'status=pending', all],
    ['a label', 'label=label-3', all / LABELS],
    ['a label of a place', 'label=l-1'],
    ['a role', 'role=manager', all / 5],
    ['a firmware version', 'firmwareVersion=1.3'],
    ['a search', 'search=vice%2011'],
    ['all of them', `placeId=${items[0]?.id}&type=generic&status=pending&role=manager&search=device&sort=-lastSeen`],
    ...deviceOrders.map((order): [string, string, number] => [`sorted by ${order}`, `sort=${order}`, all]),
  ];
  const every: number[] = [];
  for (const [name, query, total] of filters) {
    const times = await timesOf(async () => {
      const page = await client.get<{ items: Device[]; total: number }>(`/devices?limit=200&${query}`);
      if (total !== undefined) assert.equal(page.total, total, name);
      assert.ok(page.items.length > 0, name);
    });
    every.push(...times);
    report(ctx, `200 devices, ${name}`, times);
  }
  ctx.measured({ name: '200 devices, whatever the filter, p95', value: spread(every).p95, unit: 'ms', target: limit });
}

function report(ctx: BenchContext, name: string, times: readonly number[]): void {
  const { p50, p95 } = spread(times);
  ctx.measured({ name: `${name}, p50 of ${READS}`, value: p50, unit: 'ms' });
  ctx.measured({ name: `${name}, p95 of ${READS}`, value: p95, unit: 'ms', target: limit });
}

/** ms each, to the last byte; the first ones, which find nothing warm, are not counted. */
async function timesOf(read: () => Promise<void>): Promise<number[]> {
  for (let warm = 0; warm < 5; warm++) await read();
  const times: number[] = [];
  for (let index = 0; index < READS; index++) {
    const startedAt = performance.now();
    await read();
    times.push(performance.now() - startedAt);
  }
  return times;
}
