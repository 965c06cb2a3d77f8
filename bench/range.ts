import assert from 'node:assert/strict';
import type { Series } from '@muster/contract/telemetry';
import { createRandom } from '@muster/edge/random';
import type { Bench, BenchContext } from './bench.ts';
import { type Client, signIn } from './harness/client.ts';
import { provision } from './harness/fleet.ts';
import { type History, openHistory } from './harness/history.ts';
import { readings, VALUES } from './harness/payload.ts';
import { startServer } from './harness/server.ts';
import { spread } from './harness/spread.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 86_400_000;
const POINTS = 1000;
const READS = 50;
/** As the server writes checkpoints and rolls hours by itself; of the days before the last only the hours are read. */
const CHECKPOINT_MS = 125_000;
const ROLL_MS = 15 * MINUTE_MS;

interface Past {
  fleet: readonly string[];
  /** ms since 1970; the history ends at `to`. */
  from: number;
  to: number;
  /** From here on the whole fleet speaks once a second; before it only the first device does, the others once a minute. */
  denseFrom: number;
}

/** How long a chart of a day and of a month waits for its values. */
export const range: Bench = {
  name: 'range',
  title: 'Reading a day and a month',
  async run(ctx) {
    const { devices, days } = ctx.quick ? { devices: 5, days: 2 } : { devices: 30, days: 30 };
    const first = await startServer();
    const { dataDir } = first;
    const fleet = (await provision(dataDir, devices)).map(({ deviceId }) => deviceId);
    await first.stop();
    const to = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const past: Past = { fleet, from: to - days * DAY_MS, to, denseFrom: to - (ctx.quick ? DAY_MS / 8 : DAY_MS) };
    const history = await openHistory(dataDir);
    await writePast(ctx, history, past);
    ctx.note(
      `History: ${history.messages.toLocaleString('en')} messages of ${VALUES} values. The device that is read spoke once a second ` +
        `for ${days} days; ${devices - 1} others stand between its rows, once a minute, and once a second on the last day.`,
    );
    await history.stop();

    const cases = [
      { name: '24 h of one metric at 1 Hz to 1,000 points', from: to - DAY_MS, points: POINTS, target: 25 },
      { name: `${days} days of one metric at 1 Hz to 1,000 points`, from: past.from, points: POINTS, target: 50 },
      {
        name: '8 h to 1,000 points, from the values themselves',
        from: to - DAY_MS / 3,
        points: POINTS,
        target: undefined,
      },
    ];
    for (const { name, from, points, target } of cases) {
      // started anew for each: the first read finds nothing in the database's memory
      const server = await startServer({ dataDir, flags: ctx.serverFlags });
      const client = await signIn(server.http);
      const times = await read(client, fleet[0] as string, from, to, points);
      const { p50, p99 } = spread(times.slice(1));
      ctx.measured({ name: `${name}, p50 of ${READS}`, value: p50, unit: 'ms' });
      const limit = target === undefined ? {} : { target: { sign: '<' as const, value: target } };
      ctx.measured({ name: `${name}, p99 of ${READS}`, value: p99, unit: 'ms', ...limit });
      ctx.measured({ name: `${name}, first read after a start`, value: times[0] as number, unit: 'ms' });
      await server.stop();
    }
  },
};

async function writePast(ctx: BenchContext, history: History, past: Past): Promise<void> {
  const random = createRandom(1);
  // a few hundred different messages: what the values are changes nothing of how they are read
  const values = Array.from({ length: 512 }, () => readings(random));
  let nextCheckpoint = past.from;
  let nextRoll = past.from + ROLL_MS;
  let nextWord = past.from + DAY_MS;
  for (let ts = past.from; ts < past.to; ts += SECOND_MS) {
    const all = ts >= past.denseFrom || ts % MINUTE_MS === 0;
    for (const [index, deviceId] of (all ? past.fleet : past.fleet.slice(0, 1)).entries()) {
      const wait = history.write(deviceId, `{"ts":${ts + index},${values[(ts / SECOND_MS + index) % values.length]}}`);
      if (wait) await wait;
    }
    if (ts >= nextCheckpoint || ts >= nextRoll) {
      await history.checkpoint();
      nextCheckpoint = ts + (ts < past.denseFrom ? ROLL_MS : CHECKPOINT_MS);
    }
    if (ts >= nextRoll) {
      await history.rollHours();
      nextRoll = ts + ROLL_MS;
    }
    if (ts >= nextWord) {
      ctx.progress(`${(nextWord - past.from) / DAY_MS} days written`);
      nextWord += DAY_MS;
    }
  }
  await history.checkpoint();
  await history.rollHours();
}

/** Reads once and `READS` times more, a metric after the other; ms each, to the last byte. */
async function read(client: Client, deviceId: string, from: number, to: number, points: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index <= READS; index++) {
    const query = new URLSearchParams({
      metrics: `metric_${index % VALUES}`,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      points: String(points),
    });
    const startedAt = performance.now();
    const { series } = await client.get<{ series: Series[] }>(`/devices/${deviceId}/telemetry?${query}`);
    times.push(performance.now() - startedAt);
    checkSeries(series[0], from, to, points);
  }
  return times;
}

/** The whole range is covered, with about as many values as were asked for: a bucket has two, its lowest and its highest. */
function checkSeries(series: Series | undefined, from: number, to: number, points: number): void {
  const times = series?.points.map(([ts]) => ts) ?? [];
  const gap = Math.max((to - from) / 100, 2 * MINUTE_MS);
  assert.ok(
    times.length >= points / 2 && times.length <= (points + 1) * 2,
    `${times.length} values for ${points} points`,
  );
  assert.ok(
    (times[0] as number) < from + gap && (times.at(-1) as number) > to - gap,
    'the range is covered to its ends',
  );
  for (let index = 1; index < times.length; index++) {
    assert.ok((times[index] as number) - (times[index - 1] as number) < gap, 'the range has no hole');
  }
}
