import { createRandom, type Random } from '@muster/edge/random';
import type { Bench, BenchContext } from './bench.ts';
import { provision } from './harness/fleet.ts';
import { type History, openHistory, type Sizes } from './harness/history.ts';
import { readings, VALUES } from './harness/payload.ts';
import { startServer } from './harness/server.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** As the server writes checkpoints and rolls hours when it is not in a hurry. */
const CHECKPOINT_SECONDS = 120;
const ROLL_SECONDS = 900;

/** What a measured value takes on disk, with everything that finds it again. */
export const size: Bench = {
  name: 'size',
  title: 'Bytes for each stored value',
  async run(ctx) {
    const { devices, seconds } = ctx.quick ? { devices: 100, seconds: 600 } : { devices: 1000, seconds: 3600 };
    const server = await startServer();
    const fleet = (await provision(server.dataDir, devices)).map(({ deviceId }) => deviceId);
    await server.stop();
    const history = await openHistory(server.dataDir);
    // two days, so that the two kinds of message lie in partitions of their own
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const hour = { fleet, seconds };
    await writeHour(ctx, history, { ...hour, from: today - 2 * DAY_MS + 8 * HOUR_MS, numbered: true });
    await writeHour(ctx, history, { ...hour, from: today - DAY_MS + 8 * HOUR_MS, numbered: false });
    await history.stop();
  },
};

interface Hour {
  fleet: readonly string[];
  seconds: number;
  from: number;
  /** With boot and seq in every message. */
  numbered: boolean;
}

async function writeHour(ctx: BenchContext, history: History, hour: Hour): Promise<void> {
  const before = await history.sizes();
  const messages = history.messages;
  const random = createRandom(1);
  for (let second = 0; second < hour.seconds; second++) {
    await writeSecond(history, hour, second, random);
    if ((second + 1) % CHECKPOINT_SECONDS === 0) await history.checkpoint();
    if ((second + 1) % ROLL_SECONDS === 0) await history.rollHours();
    if ((second + 1) % 600 === 0) ctx.progress(`${(second + 1) / 60} minutes of ${hour.fleet.length} devices`);
  }
  await history.checkpoint();
  await history.rollHours();
  report(ctx, hour, (history.messages - messages) * VALUES, before, await history.sizes());
}

/** A second of the fleet: devices speak at their own moment of it, so rows of many devices lie between two of one. */
async function writeSecond(history: History, { fleet, from, numbered }: Hour, second: number, random: Random) {
  for (const [index, deviceId] of fleet.entries()) {
    const ts = from + second * SECOND_MS + Math.floor((index * SECOND_MS) / fleet.length);
    const head = numbered ? `"boot":"b","seq":${second},` : '';
    await history.write(deviceId, `{"ts":${ts},${head}${readings(random)}}`);
  }
}

function report(
  ctx: BenchContext,
  { fleet, seconds, numbered }: Hour,
  points: number,
  before: Sizes,
  after: Sizes,
): void {
  const kind = numbered ? 'with boot and seq' : 'without boot and seq';
  const share = (part: keyof Sizes) => (after[part] - before[part]) / points;
  ctx.measured({
    name: `a value, ${VALUES} in a message ${kind}, indexes and rollups included`,
    value: share('total'),
    unit: 'bytes',
    target: { sign: '≤', value: 25 },
  });
  ctx.note(
    `${kind}: ${share('values').toFixed(2)} bytes values, ${share('indexes').toFixed(2)} their indexes, ` +
      `${share('rollups').toFixed(2)} rollups of minutes and hours; ${points.toLocaleString('en')} values, ` +
      `${seconds / 60} minutes of ${fleet.length} devices at 1 Hz, a checkpoint every ${CHECKPOINT_SECONDS} s.`,
  );
}
