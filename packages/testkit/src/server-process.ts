import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOf, postgresOn } from '@muster/core/platform/db/embedded/processes';
import { findRunning } from '@muster/core/platform/running';
import { nodeFlags } from '../../../scripts/lib/node-flags.mjs';
import { findPorts } from './ports.ts';
import { memoryOf } from './server-process-memory.ts';
import { until } from './until.ts';

export interface ServerProcessOptions {
  /** Program and arguments in place of `muster start`. */
  command?: readonly string[];
  /** Additions to the environment, `MUSTER_DATABASE_URL` for example. */
  env?: Record<string, string>;
  /** A directory that is there and stays; default: one of its own, removed at the end. */
  dataDir?: string;
}

/** The server as people run it: a process of its own, on its own data and ports, to be killed and started again. */
export interface ServerProcess extends AsyncDisposable {
  readonly dataDir: string;
  readonly http: string;
  readonly mqtt: string;
  readonly mqttPort: number;
  readonly owner: { username: string; password: string; organization: string };
  /** @throws Error while it does not run */
  pid(): number;
  running(): boolean;
  /** Every process of its embedded PostgreSQL, the postmaster first; empty: there is none. */
  postgres(): number[];
  /** Postmasters on its data: one while it runs, never two. */
  postmasters(): number[];
  /** How it ended last: exit code or signal. */
  lastExit(): string | undefined;
  /** Starts it on the same data and ports, and waits until it is ready. @throws Error with the end of its log */
  start(): Promise<void>;
  ready(deadlineMs?: number): Promise<void>;
  /** Ends the server alone, at once, and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; answers the exit code, null when it had to be killed after `deadlineMs`. */
  stop(deadlineMs?: number): Promise<number | null>;
  /** Everything that it logged and said, over all its lives. */
  log(): string;
  /** The most bytes of memory that any of its lives held. */
  peakMemory(): number;
}

/** A test that is told to end cleans up as well: the end of the process by itself runs nothing. */
const endOnSignal = () => process.exit(1);
let listening = false;

const main = join(import.meta.dirname, '../../../apps/server/src/main.ts');
const READY_MS = 60_000;
const STOP_MS = 45_000;

/** Starts a server with a first owner; the caller disposes of it, and what is left of it dies with this process. */
export async function startServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const [httpPort, mqttPort] = (await findPorts(2)) as [number, number];
  const own = mkdtempSync(join(tmpdir(), 'muster-server-'));
  // PostgreSQL runs as another user when this is root, and passes through
  chmodSync(own, 0o755);
  const dataDir = options.dataDir ?? join(own, 'data');
  const logFile = join(own, 'server.log');
  const owner = { username: 'owner', password: randomBytes(12).toString('base64url'), organization: 'acme' };
  const http = `http://127.0.0.1:${httpPort}`;
  let child: ChildProcess | undefined;
  let lastExit: string | undefined;
  let peak = 0;

  const running = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const data = join(dataDir, 'postgresql', 'data');
  const log = () => readFileSync(logFile, 'utf8');
  const notePeak = () => {
    if (running()) peak = Math.max(peak, memoryOf(child?.pid as number).peak);
  };

  function pid(): number {
    if (!running()) throw new Error(`the server does not run: ${lastExit}\n${tail(log())}`);
    return child?.pid as number;
  }

  function postgres(): number[] {
    const first = Number.parseInt(attempt(() => readFileSync(join(data, 'postmaster.pid'), 'utf8')) ?? '', 10);
    return postgresOn(data).sort((a, b) => Number(b === first) - Number(a === first));
  }

  function postmasters(): number[] {
    const all = postgres();
    // a process that was just forked still has the words of its postmaster
    return all.filter((each) => commandOf(each)?.includes(' -D ') && !all.includes(parentOf(each)));
  }

  function launch(): void {
    const descriptor = openSync(logFile, 'a');
    const [program = '', ...args] = options.command ?? [main, 'start'];
    child = spawn(process.execPath, [...nodeFlags, program, ...args], {
      cwd: own,
      env: {
        ...process.env,
        MUSTER_DATA_DIR: dataDir,
        MUSTER_HTTP_PORT: String(httpPort),
        MUSTER_MQTT_PORT: String(mqttPort),
        MUSTER_OWNER_USERNAME: owner.username,
        MUSTER_OWNER_PASSWORD: owner.password,
        MUSTER_ORGANIZATION: owner.organization,
        ...options.env,
      },
      // the channel ends the server when this process is gone
      stdio: ['ignore', descriptor, descriptor, 'ipc'],
    });
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => {
      lastExit = signal ?? `exit code ${code}`;
    });
    closeSync(descriptor);
  }

  async function ready(deadline = READY_MS): Promise<void> {
    const answered = () => {
      pid();
      return fetch(`${http}/health/ready`, { signal: AbortSignal.timeout(5000) }).then((answer) => answer.ok);
    };
    const gone = new Promise<never>((_, reject) =>
      child?.once('exit', () => reject(new Error(`the server ended: ${lastExit}\n${tail(log())}`))),
    );
    gone.catch(() => undefined);
    await Promise.race([until(answered, `the server is ready\n${tail(log())}`, { deadline }), gone]);
  }

  async function kill(): Promise<void> {
    notePeak();
    if (!running()) return;
    const gone = once(child as ChildProcess, 'exit');
    child?.kill('SIGKILL');
    await gone;
  }

  function killAll(): void {
    if (running()) child?.kill('SIGKILL');
    for (const each of postgres()) attempt(() => process.kill(each, 'SIGKILL'));
  }
  function remove(): void {
    rmSync(own, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
  const atExit = () => {
    killAll();
    remove();
  };
  process.once('exit', atExit);
  if (!listening) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, endOnSignal);
  listening = true;

  const server: ServerProcess = {
    dataDir,
    http,
    mqtt: `mqtt://127.0.0.1:${mqttPort}`,
    mqttPort,
    owner,
    pid,
    running,
    postgres,
    postmasters,
    lastExit: () => lastExit,
    async start() {
      launch();
      await ready();
      // commands on this machine find it by then
      await until(async () => (await findRunning(dataDir)).pid === pid(), 'it tells that it runs');
    },
    ready,
    kill,
    async stop(deadlineMs = STOP_MS) {
      notePeak();
      if (!running()) return child?.exitCode ?? null;
      const gone = once(child as ChildProcess, 'exit');
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), deadlineMs);
      await gone;
      clearTimeout(timer);
      return child?.exitCode ?? null;
    },
    log,
    peakMemory() {
      notePeak();
      return peak;
    },
    async [Symbol.asyncDispose]() {
      await kill();
      killAll();
      await until(() => postgres().length === 0, 'PostgreSQL is gone');
      remove();
      process.off('exit', atExit);
    },
  };
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

const parentOf = (pid: number) =>
  Number(/\) . (\d+)/.exec(attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? '')?.[1] ?? 0);

const tail = (text: string) => text.split('\n').slice(-25).join('\n');

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
