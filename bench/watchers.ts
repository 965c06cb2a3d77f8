import type { Bench } from './bench.ts';
import { checkAccount, checkDurability } from './harness/account.ts';
import { signIn } from './harness/client.ts';
import { now } from './harness/clock.ts';
import { provision } from './harness/fleet.ts';
import { startHelper } from './harness/helper.ts';
import { percent, watchOthers } from './harness/others.ts';
import type { Schedule } from './harness/schedule.ts';
import { startServer } from './harness/server.ts';
import type { OpenAnswer, OpenAsk } from './load/open.ts';
import type { WatchersAnswer, WatchersAsk } from './load/watchers.ts';

/** Ten messages a second. */
const PERIOD_MS = 100;
/** Tickets fetched at a time. */
const AT_ONCE = 50;

/** Many screens look at one device. */
export const watchers: Bench = {
  name: 'watchers',
  title: 'Many WebSocket watchers of one device',
  async run(ctx) {
    const { count, warmUpMs, measureMs } = ctx.quick
      ? { count: 50, warmUpMs: 500, measureMs: 2000 }
      : { count: 1000, warmUpMs: 5000, measureMs: 30_000 };
    const server = await startServer({ flags: ctx.serverFlags });
    await checkDurability(server);
    const devices = await provision(server.dataDir, 1);
    const client = await signIn(server.http);
    const load = startHelper<OpenAsk, OpenAnswer>('open');
    await load.ask({ kind: 'connect', port: server.mqttPort, devices });
    const screens = startHelper<WatchersAsk, WatchersAnswer>('watchers');
    const watched = devices.map(({ deviceId }) => deviceId);
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      const addresses = await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => client.liveAddress()),
      );
      await screens.ask({ kind: 'connect', addresses, devices: watched });
    }

    const schedule: Schedule = { startAt: now() + 1000, periodMs: PERIOD_MS, devices: 1 };
    const others = await watchOthers();
    const answer = await load.ask({ kind: 'run', schedule, warmUpMs, measureMs });
    const busy = await others();
    const from = warmUpMs / PERIOD_MS;
    const to = (warmUpMs + measureMs) / PERIOD_MS;
    const seen = await screens.ask({ kind: 'collect', schedule, indexes: [0], from, to, timeoutMs: 5000 });
    await checkAccount(server, client, answer);

    ctx.measured({
      name: `watchers that got each of ${to - from} messages`,
      value: seen.complete,
      unit: `of ${count}`,
      target: { sign: '≥', value: count },
    });
    ctx.measured({ name: 'due → each of them, p50', value: seen.latency.p50, unit: 'ms' });
    ctx.measured({
      name: 'due → each of them, p99',
      value: seen.latency.p99,
      unit: 'ms',
      target: { sign: '<', value: 50 },
    });
    ctx.measured({ name: 'due → each of them, longest', value: seen.latency.max, unit: 'ms' });
    ctx.note(
      `${1000 / PERIOD_MS} messages a second of 10 values, ${(count * 1000) / PERIOD_MS} texts a second; server and all watchers ` +
        `share this machine. Other programs took ${percent(busy)} of it.`,
    );
  },
};
