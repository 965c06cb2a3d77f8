import type { Bench, BenchContext } from './bench.ts';
import { checkAccount, checkDurability } from './harness/account.ts';
import { signIn } from './harness/client.ts';
import { pause } from './harness/clock.ts';
import { type LoadDevice, provision } from './harness/fleet.ts';
import { type Helper, startHelper } from './harness/helper.ts';
import { type Mosquitto, startMosquitto } from './harness/mosquitto.ts';
import { percent } from './harness/others.ts';
import { VALUES } from './harness/payload.ts';
import { describeRounds, isQuiet, measureRound, quietest, type Round } from './harness/rounds.ts';
import { type BenchServer, startServer } from './harness/server.ts';
import { median } from './harness/spread.ts';
import type { ClosedAnswer, ClosedAsk } from './load/closed.ts';

type Load = Helper<ClosedAsk, ClosedAnswer>;
type Run = ClosedAsk & { kind: 'run' };

const IN_FLIGHT = 4;
/** Which way Mosquitto hands on: acknowledged by the subscriber, or sent once. */
const WAYS = [1, 0] as const;

/** A yardstick at work: what reached its subscriber, and what its publishers were told. */
interface HandedOn {
  perSecond: number;
  acknowledged: number;
}

/** How much goes through: every connection sends its next message when one is acknowledged, which is after its commit. */
export const ingest: Bench = {
  name: 'ingest',
  title: 'Messages stored and acknowledged',
  async run(ctx) {
    const { connections, rounds, mostRounds, warmUpMs, measureMs } = ctx.quick
      ? { connections: 100, rounds: 1, mostRounds: 1, warmUpMs: 1000, measureMs: 2000 }
      : { connections: 1000, rounds: 5, mostRounds: 15, warmUpMs: 1500, measureMs: 6000 };
    const run: Run = { kind: 'run', warmUpMs, measureMs };
    const server = await startServer({ flags: ctx.serverFlags });
    const version = await checkDurability(server);
    ctx.note(`Durability, asked of the database (PostgreSQL ${version}): synchronous_commit on, fsync on.`);
    const devices = await provision(server.dataDir, connections);
    const load = await openLoad(server.mqttPort, devices, false);
    const mosquitto = await startMosquitto();
    const other = mosquitto && (await openLoad(mosquitto.port, devices.map(withoutCredential), false));

    await load.ask({ ...run, warmUpMs: warmUpMs * 4, measureMs: 0 });
    const ours: Round<ClosedAnswer>[] = [];
    const theirs: Record<0 | 1, Round<HandedOn>[]> = { 0: [], 1: [] };
    const legs = mosquitto ? [ours, theirs[1], theirs[0]] : [ours];
    for (let round = 0; round < mostRounds; round++) {
      ours.push(await measureRound(() => load.ask(run)));
      tell(ctx, 'Muster', ours.at(-1));
      for (const way of WAYS) {
        if (!mosquitto || !other) continue;
        theirs[way].push(await measureRound(() => handOn(mosquitto, other, way, run)));
        tell(ctx, `Mosquitto QoS ${way}`, theirs[way].at(-1));
      }
      if (legs.every((leg) => leg.filter(isQuiet).length >= rounds)) break;
    }
    const last = (ours.at(-1) as Round<ClosedAnswer>).result;
    await checkAccount(server, await signIn(server.http), last);
    ctx.note(`Account: ${last.acknowledged} messages acknowledged, as many rows stored; the ledger adds up.`);
    const best = quietest(ours, rounds);
    report(ctx, connections, best, ours);
    if (mosquitto) for (const way of WAYS) compare(ctx, mosquitto, way, quietest(theirs[way], rounds), best);
    else
      ctx.note(
        'Left out: Mosquitto is not installed here (apt-get install mosquitto mosquitto-clients), so there is no ratio to it.',
      );
    await load.stop();
    await other?.stop();
    await measureNumbered(ctx, server, devices, last, run);
  },
};

const withoutCredential = ({ deviceId, clientId, topic }: LoadDevice): LoadDevice => ({ deviceId, clientId, topic });

async function openLoad(port: number, devices: LoadDevice[], numbered: boolean): Promise<Load> {
  const load = startHelper<ClosedAsk, ClosedAnswer>('closed');
  await load.ask({ kind: 'connect', port, devices, inFlight: IN_FLIGHT, numbered });
  return load;
}

/** Measured at the subscriber: Mosquitto acknowledges what it has not handed on yet, and may never. */
async function handOn(mosquitto: Mosquitto, load: Load, way: 0 | 1, run: Run): Promise<HandedOn> {
  const subscriber = await mosquitto.subscribe(way);
  const running = load.ask(run);
  await pause(run.warmUpMs);
  const perSecond = subscriber.countFromNow();
  await pause(run.measureMs);
  const handedOn = perSecond();
  const { perSecond: acknowledged } = await running;
  await subscriber.stop();
  return { perSecond: handedOn, acknowledged };
}

const rateOf = (rounds: readonly Round<{ perSecond: number }>[]) =>
  median(rounds.map(({ result }) => result.perSecond));

function tell(ctx: BenchContext, who: string, round: Round<{ perSecond: number }> | undefined): void {
  if (round) ctx.progress(`${who}: ${thousands(round.result.perSecond)} messages/s, others ${percent(round.others)}`);
}

function report(
  ctx: BenchContext,
  connections: number,
  counted: Round<ClosedAnswer>[],
  all: Round<ClosedAnswer>[],
): void {
  const perSecond = rateOf(counted);
  ctx.measured({
    name: `stored and acknowledged, ${connections} connections × ${IN_FLIGHT} in flight`,
    value: perSecond,
    unit: 'messages/s',
    target: { sign: '≥', value: 50_000 },
  });
  ctx.measured({
    name: 'the same in values',
    value: perSecond * VALUES,
    unit: 'points/s',
    target: { sign: '≥', value: 500_000 },
  });
  const within = (which: 'p50' | 'p99') => median(counted.map(({ result }) => result.latency[which]));
  ctx.measured({ name: 'sent → acknowledged at that load, p50', value: within('p50'), unit: 'ms' });
  ctx.measured({ name: 'sent → acknowledged at that load, p99', value: within('p99'), unit: 'ms' });
  ctx.note(
    `Medians of ${describeRounds(counted, all)}. Muster's rounds: ${counted.map(({ result }) => thousands(result.perSecond)).join(', ')}.`,
  );
}

function compare(
  ctx: BenchContext,
  { version }: Mosquitto,
  way: 0 | 1,
  theirs: Round<HandedOn>[],
  ours: Round<ClosedAnswer>[],
): void {
  const perSecond = rateOf(theirs);
  const acknowledged = median(theirs.map(({ result }) => result.acknowledged));
  ctx.measured({
    name: `Mosquitto ${version} handing the same to one mosquitto_sub, QoS ${way}`,
    value: perSecond,
    unit: 'messages/s',
    ratio: { of: 'it', value: rateOf(ours) / perSecond, target: { sign: '≥', value: 1 } },
  });
  const lost = Math.max(0, 1 - perSecond / acknowledged);
  ctx.note(
    `Mosquitto at QoS ${way} acknowledged ${thousands(acknowledged)} messages/s; ${percent(lost)} of them did not reach its subscriber. ` +
      `Its rounds: ${theirs.map(({ result }) => thousands(result.perSecond)).join(', ')}.`,
  );
}

const thousands = (value: number) => Math.round(value).toLocaleString('en');

/** The same with a time, a start and a number in every message: what a device sends that must not be stored twice. */
async function measureNumbered(
  ctx: BenchContext,
  server: BenchServer,
  devices: LoadDevice[],
  before: ClosedAnswer,
  run: Run,
) {
  const load = await openLoad(server.mqttPort, devices, true);
  const answer = await load.ask(run);
  await checkAccount(server, await signIn(server.http), {
    sent: before.sent + answer.sent,
    acknowledged: before.acknowledged + answer.acknowledged,
  });
  ctx.measured({ name: 'with ts, boot and seq in every message', value: answer.perSecond, unit: 'messages/s' });
  await load.stop();
}
