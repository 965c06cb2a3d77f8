import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { Connection } from './cluster.ts';
import type { EmbeddedLog } from './faults.ts';
import { postgresOn } from './processes.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts';

export const isRoot = process.getuid?.() === 0;

const tidying = new WeakMap<TestContext, (() => unknown)[]>();

/** Runs `step` when the test ends: the last one first, other than `t.after` does. */
export function atEnd(t: TestContext, step: () => unknown): void {
  const steps = tidying.get(t) ?? [];
  if (steps.length === 0) {
    tidying.set(t, steps);
    t.after(async () => {
      const faults: unknown[] = [];
      for (const each of steps.reverse()) {
        try {
          await each();
        } catch (fault) {
          faults.push(fault);
        }
      }
      if (faults.length > 0) throw faults[0];
    });
  }
  steps.push(step);
}

/** A directory of the test's own that others may pass through; PostgreSQL still running in it is killed at the end. */
export function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'muster-test-'));
  chmodSync(directory, 0o755);
  atEnd(t, () => {
    for (const pid of postgresOn(join(directory, 'postgresql', 'data'))) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it ended meanwhile
      }
    }
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  return directory;
}

let template: Promise<string> | undefined;

/** The same with a database in it, copied from one that is made once in each process. */
export async function withDatabase(t: TestContext): Promise<string> {
  template ??= makeTemplate();
  const directory = temporary(t);
  execFileSync('cp', ['-a', await template, join(directory, 'postgresql')]);
  return directory;
}

async function makeTemplate(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'muster-test-'));
  chmodSync(directory, 0o755);
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({ directory: join(directory, 'postgresql'), log: recorder() });
  await server.stop();
  return join(directory, 'postgresql');
}

/** A log that keeps its lines. */
export function recorder(): EmbeddedLog & { lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}

/** Starts a server below `directory` that is stopped when the test ends, before its directory goes. */
export async function started(
  t: TestContext,
  directory: string,
  settings: Record<string, string> = {},
  log: EmbeddedLog = recorder(),
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory: join(directory, 'postgresql'), log, settings });
  atEnd(t, () => server.stop());
  return server;
}

/** One statement on a connection of its own. */
export async function query(connection: Connection, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** A process of PostgreSQL that computes without end and so does not notice when its postmaster is killed; its id. */
export async function computing(t: TestContext, connection: Connection): Promise<number> {
  const client = new pg.Client(connection);
  client.on('error', () => undefined);
  await client.connect();
  atEnd(t, () => client.end().catch(() => undefined));
  const { rows } = await client.query('select pg_backend_pid() as pid');
  client.query('do $$ begin loop end loop; end $$').catch(() => undefined);
  const active = `select 1 from pg_stat_activity where pid = ${rows[0].pid} and state = 'active'`;
  while ((await query(connection, active)).length === 0);
  return rows[0].pid;
}

/** Waits until `holds` says so. */
export async function until(holds: () => boolean, what: string, milliseconds = 20_000): Promise<void> {
  for (const deadline = Date.now() + milliseconds; !holds(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${what}`);
  }
}

/** What the other process says once its server is up, or refused. */
export interface Report {
  pid?: number;
  adopted?: boolean;
  connection?: Connection;
  error?: string;
  code?: string;
}

const SERVER = `
const { startEmbeddedPostgres } = await import(process.argv[1]);
const ignore = () => {};
process.stdin.on('data', ignore).on('end', () => process.exit(1));
try {
  const server = await startEmbeddedPostgres({ directory: process.argv[2], log: { info: ignore, warn: ignore, error: ignore } });
  console.log(JSON.stringify({ pid: server.pid(), adopted: server.adopted, connection: server.connection }));
} catch ({ message, code }) {
  console.log(JSON.stringify({ error: message, code }));
}`;

/**
 * A server in a process of its own, to be killed; it ends with the test's process too.
 * @param options.through words of a command that runs another.
 */
export async function serverProcess(
  t: TestContext,
  directory: string,
  { as, through = [] }: { as?: { uid: number; gid: number }; through?: string[] } = {},
): Promise<{ child: ChildProcess; report: Report; kill(): Promise<void> }> {
  const door = pathToFileURL(join(import.meta.dirname, 'start.ts')).href;
  const node = [process.execPath, '--input-type=module', '-e', SERVER, door, join(directory, 'postgresql')];
  const [program, ...args] = [...through, ...node] as [string, ...string[]];
  const child = spawn(program, args, { ...as, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  atEnd(t, kill);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    return { child, report: JSON.parse(line) as Report, kill };
  }
  throw new Error('the server process said nothing');
}

/** Ids of the running children of a process whose command holds `word`. */
export function childrenOf(pid: number | undefined, word: string): number[] {
  const table = execFileSync('ps', ['-ww', '-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = table.split('\n').map((line) => line.trim().match(/^(\d+)\s+(\d+)\s+(.*)$/s));
  return rows.filter((row) => Number(row?.[2]) === pid && row?.[3]?.includes(word)).map((row) => Number(row?.[1]));
}
