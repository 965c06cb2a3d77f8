import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { findPorts } from '@muster/testkit/ports';
import { nodeFlags } from '../scripts/lib/node-flags.mjs';
import type { Bench, BenchContext } from './bench.ts';
import { atEnd } from './harness/clean-up.ts';
import { now, pause, until } from './harness/clock.ts';
import { provision } from './harness/fleet.ts';
import { startHelper } from './harness/helper.ts';
import { databaseTree, proportionalBytes, residentBytes, treeOf } from './harness/memory.ts';
import { checkout, environmentOf, startServer } from './harness/server.ts';
import { spread } from './harness/spread.ts';
import type { ClosedAnswer, ClosedAsk } from './load/closed.ts';

const STARTS = 7;
const START_MS = 120_000;
const MB = 1e6;

/** How soon the server is there again, and what it takes while nothing happens. */
export const start: Bench = {
  name: 'start',
  title: 'Start on existing data, and rest',
  async run(ctx) {
    const { devices, loadMs, starts, restMs } = ctx.quick
      ? { devices: 50, loadMs: 1000, starts: 2, restMs: 3000 }
      : { devices: 1000, loadMs: 20_000, starts: STARTS, restMs: 60_000 };
    const { dataDir, messages } = await makeData(devices, loadMs, false);
    ctx.note(`Existing data: ${devices} devices, ${messages.toLocaleString('en')} messages.`);
    await measureStarts(ctx, dataDir, starts);
    await measureRest(ctx, dataDir, restMs);
    await measureCrash(ctx, devices, loadMs);
  },
};

/** An installation that has heard from its devices, and stopped in order or crashed. */
async function makeData(count: number, loadMs: number, crash: boolean): Promise<{ dataDir: string; messages: number }> {
  const server = await startServer();
  const devices = await provision(server.dataDir, count);
  const load = startHelper<ClosedAsk, ClosedAnswer>('closed');
  await load.ask({ kind: 'connect', port: server.mqttPort, devices, inFlight: 4, numbered: true });
  const { acknowledged } = await load.ask({ kind: 'run', warmUpMs: loadMs, measureMs: 0 });
  await (crash ? server.kill() : server.stop());
  await load.stop();
  return { dataDir: server.dataDir, messages: acknowledged };
}

async function measureStarts(ctx: BenchContext, dataDir: string, starts: number): Promise<void> {
  const npm: number[] = [];
  const alone: number[] = [];
  // not counted: a checkout that changed is set up first
  await timeStart('npm', ['start'], dataDir);
  for (let round = 0; round < starts; round++) {
    npm.push(await timeStart('npm', ['start'], dataDir));
    alone.push(await timeStart(process.execPath, programOf(), dataDir));
  }
  ctx.measured({
    name: `npm start → /health/ready, median of ${starts}`,
    value: spread(npm).p50,
    unit: 's',
    target: { sign: '<', value: 3 },
  });
  ctx.measured({ name: `the same, longest of ${starts}`, value: spread(npm).max, unit: 's' });
  ctx.measured({ name: `the server's program alone, median of ${starts}`, value: spread(alone).p50, unit: 's' });
}

const programOf = () => [...nodeFlags, 'apps/server/src/main.ts', 'start'];

/** Seconds from the start of a command to the server's first word that it is ready. */
async function timeStart(command: string, words: string[], dataDir: string): Promise<number> {
  const [port = 0] = await findPorts(1);
  const logFile = `${dataDir}.log`;
  const log = await open(logFile, 'a');
  const startedAt = now();
  const child = spawn(command, words, {
    cwd: checkout,
    env: environmentOf(dataDir, port),
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  await log.close();
  const exited = once(child, 'exit');
  const end = async () => {
    // a Ctrl-C reaches the whole group, npm and what it started
    if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, 'SIGINT');
    await exited;
  };
  atEnd(end);
  const seconds = await until('readiness', START_MS, async () => {
    if (child.exitCode !== null)
      throw new Error(`${command} ended:\n${(await readFile(logFile, 'utf8')).slice(-2000)}`);
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    return response?.ok ? (now() - startedAt) / 1000 : undefined;
  });
  await end();
  return seconds;
}

async function measureRest(ctx: BenchContext, dataDir: string, restMs: number): Promise<void> {
  const server = await startServer({ dataDir, flags: ctx.serverFlags });
  await pause(restMs);
  const database = await databaseTree(dataDir);
  const all = new Set([...(await treeOf(server.pid)), ...database]);
  const together = await proportionalBytes([...all]);
  const [own, resident] = [await proportionalBytes([server.pid]), await residentBytes(server.pid)];
  const stored = await proportionalBytes(database);
  await server.stop();
  if (together === undefined || own === undefined || resident === undefined || stored === undefined) {
    ctx.note('There is no /proc here, or it may not be read: memory at rest was left out.');
    return;
  }
  ctx.measured({
    name: `memory of server and database after ${restMs / 1000} s at rest`,
    value: together / MB,
    unit: 'MB',
    target: { sign: '<', value: 300 },
  });
  ctx.note(
    `At rest (proportional set size; what processes share counts once): server ${mb(own)} (resident ${mb(resident)}), ` +
      `database ${mb(stored)} in ${database.length} processes.`,
  );
}

/** After a crash the server first catches up with what it had stored and not yet added to what is derived. */
async function measureCrash(ctx: BenchContext, devices: number, loadMs: number): Promise<void> {
  const { dataDir, messages } = await makeData(devices, loadMs / 2, true);
  const seconds = await timeStart(process.execPath, programOf(), dataDir);
  ctx.measured({ name: 'the first start after kill -9 under load', value: seconds, unit: 's' });
  ctx.note(`The crash came ${loadMs / 2000} s after the first message, ${messages.toLocaleString('en')} messages in.`);
}

const mb = (bytes: number) => `${Math.round(bytes / MB)} MB`;
