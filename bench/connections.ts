import assert from 'node:assert/strict';
import type { Bench, BenchContext } from './bench.ts';
import { checkAccount, checkDurability } from './harness/account.ts';
import { signIn } from './harness/client.ts';
import { now } from './harness/clock.ts';
import { type LoadDevice, provision } from './harness/fleet.ts';
import { type Helper, startHelper } from './harness/helper.ts';
import { databaseTree, proportionalBytes, residentBytes, settledBytes, watchHighest } from './harness/memory.ts';
import { percent, watchOthers } from './harness/others.ts';
import { VALUES } from './harness/payload.ts';
import { messagesIn, type Schedule } from './harness/schedule.ts';
import { type BenchServer, startServer } from './harness/server.ts';
import type { OpenAnswer, OpenAsk } from './load/open.ts';
import type { WatchersAnswer, WatchersAsk } from './load/watchers.ts';

type Load = Helper<OpenAsk, OpenAnswer>;

const PERIOD_MS = 1000;
/** Memory counts as settled when it fell no more for so long. */
const STEADY_MS = 12_000;
const LONGEST_SETTLE_MS = 90_000;
/** Devices that warm the server up, so that its own growth is not counted as theirs. */
const WARM_UP_DEVICES = 500;
const MB = 1e6;

/** Many connections, each with one message a second on a fixed schedule: delays and memory. */
export const connections: Bench = {
  name: 'connections',
  title: 'Many connections, one message a second each',
  async run(ctx) {
    const { count, watched, warmUpMs, measureMs } = ctx.quick
      ? { count: 500, watched: 20, warmUpMs: 1000, measureMs: 3000 }
      : { count: 10_000, watched: 100, warmUpMs: 10_000, measureMs: 45_000 };
    const server = await startServer({ flags: ctx.serverFlags });
    await checkDurability(server);
    const devices = await provision(server.dataDir, count);
    const load = startHelper<OpenAsk, OpenAnswer>('open');
    const settle = (ms: number) => settledBytes(server.pid, ctx.quick ? 1000 : STEADY_MS, ctx.quick ? 1000 : ms);

    await warmUp(load, server, devices.slice(0, WARM_UP_DEVICES), warmUpMs);
    const idle = await settle(LONGEST_SETTLE_MS);
    ctx.progress(`${megabytes(idle)} before the connections`);
    const startedAt = now();
    await load.ask({ kind: 'connect', port: server.mqttPort, devices });
    ctx.progress(`${count} connected in ${((now() - startedAt) / 1000).toFixed(1)} s`);
    const connected = await settle(LONGEST_SETTLE_MS / 2);
    ctx.progress(`${megabytes(connected)} with the connections`);
    await measureLoad(ctx, server, load, devices, { watched, warmUpMs, measureMs });
    if (idle === undefined || connected === undefined) {
      ctx.note('There is no /proc here: memory was left out.');
      return;
    }
    ctx.measured({
      name: `server memory for each of ${count} connections that are signed in and quiet`,
      value: (connected - idle) / count / 1000,
      unit: 'kB',
      target: { sign: '<', value: 25 },
    });
    ctx.note(`Server before the connections ${megabytes(idle)}, with them and without load ${megabytes(connected)}.`);
  },
};

async function warmUp(load: Load, { mqttPort }: BenchServer, devices: LoadDevice[], ms: number): Promise<void> {
  await load.ask({ kind: 'connect', port: mqttPort, devices });
  const schedule = { startAt: now() + 100, periodMs: 100, devices: devices.length };
  await load.ask({ kind: 'run', schedule, warmUpMs: ms, measureMs: 0 });
  await load.ask({ kind: 'disconnect' });
}

async function measureLoad(
  ctx: BenchContext,
  server: BenchServer,
  load: Load,
  devices: LoadDevice[],
  { watched, warmUpMs, measureMs }: { watched: number; warmUpMs: number; measureMs: number },
): Promise<void> {
  const client = await signIn(server.http);
  const watcher = startHelper<WatchersAsk, WatchersAnswer>('watchers');
  // spread over the fleet, so that they are due at all moments of a second
  const indexes = Array.from({ length: watched }, (_, index) => Math.floor((index * devices.length) / watched));
  const watchedIds = indexes.map((index) => (devices[index] as LoadDevice).deviceId);
  await watcher.ask({ kind: 'connect', addresses: [await client.liveAddress()], devices: watchedIds });

  const schedule: Schedule = { startAt: now() + 500, periodMs: PERIOD_MS, devices: devices.length };
  const others = await watchOthers();
  const highest = watchHighest(() => residentBytes(server.pid));
  const database = watchHighest(async () => proportionalBytes(await databaseTree(server.dataDir)));
  const answer = await load.ask({ kind: 'run', schedule, warmUpMs, measureMs });
  const [serverBytes, databaseBytes, busy] = [await highest.stop(), await database.stop(), await others()];
  const from = warmUpMs / PERIOD_MS;
  const to = (warmUpMs + measureMs) / PERIOD_MS;
  const seen = await watcher.ask({ kind: 'collect', schedule, indexes, from, to, timeoutMs: 5000 });
  assert.equal(messagesIn(schedule, measureMs), answer.latency.count, 'every measured message has its delay');
  await checkAccount(server, client, answer);
  ctx.note(`Account: ${answer.acknowledged} messages acknowledged, as many rows stored; the ledger adds up.`);

  const rate = devices.length * (1000 / PERIOD_MS);
  const what = `${devices.length} connections, ${rate * VALUES} points/s`;
  ctx.measured({ name: `${what}: due → acknowledged, p50`, value: answer.latency.p50, unit: 'ms' });
  ctx.measured({
    name: `${what}: due → acknowledged, p99`,
    value: answer.latency.p99,
    unit: 'ms',
    target: { sign: '<', value: 100 },
  });
  ctx.measured({ name: `${what}: due → acknowledged, longest`, value: answer.latency.max, unit: 'ms' });
  ctx.measured({
    name: `due → browser (WebSocket, ${watched} devices), p99`,
    value: seen.latency.p99,
    unit: 'ms',
    target: { sign: '<', value: 100 },
  });
  ctx.measured({
    name: 'server memory under this load, highest',
    value: serverBytes / MB,
    unit: 'MB',
    target: { sign: '<', value: 600 },
  });
  ctx.measured({ name: 'database memory under this load, highest', value: databaseBytes / MB, unit: 'MB' });
  ctx.note(
    `Delays count from the moment a message was due. The load itself was late by ${answer.late.p99.toFixed(1)} ms (p99), ` +
      `which is part of them; other programs took ${percent(busy)} of the machine.`,
  );
  await watcher.stop();
}

const megabytes = (bytes: number | undefined) => (bytes === undefined ? 'unknown' : `${Math.round(bytes / MB)} MB`);
