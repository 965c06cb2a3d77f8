import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API_PREFIX, routes } from '@muster/contract/routes';
import type { ConnectionSettings } from '@muster/core/platform/db/pool';
import { findRunning, type Running } from '@muster/core/platform/running';
import { nodeFlags } from '../../scripts/lib/node-flags.mjs';
import { atEnd } from './clean-up.ts';
import { until } from './clock.ts';
import { temporaryDirectory } from './directory.ts';

export const checkout = join(import.meta.dirname, '../..');

/** The owner of every installation that a bench makes. */
export const owner = { username: 'bench', password: 'figures-need-a-machine-to-themselves' };

/** The server as people run it, in a process of its own, with its embedded PostgreSQL. */
export interface BenchServer {
  pid: number;
  dataDir: string;
  http: string;
  mqttPort: number;
  settings: ConnectionSettings;
  /** In order, as at Ctrl-C. */
  stop(): Promise<void>;
  /** As a crash does. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  /** Of an earlier start; without it a new installation is made. */
  dataDir?: string;
  /** Options of Node. */
  flags?: readonly string[];
  httpPort?: number;
}

const START_MS = 120_000;

/** @throws Error with the end of the server's log when it does not start */
export async function startServer({ dataDir, flags = [], httpPort = 0 }: ServerOptions = {}): Promise<BenchServer> {
  const directory = dataDir ?? join(await temporaryDirectory(), 'data');
  const logFile = `${directory}.log`;
  const log = await open(logFile, 'a');
  const main = join(checkout, 'apps/server/src/main.ts');
  const child = spawn(process.execPath, [...nodeFlags, ...flags, main, 'start'], {
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    // a Ctrl-C is for the bench: it stops the server itself
    detached: true,
    env: environmentOf(directory, httpPort),
  });
  await log.close();
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  atEnd(() => end('SIGTERM'));
  const { pid } = child;
  if (pid === undefined) throw new Error('the server could not be started');
  const running = await until('the start of the server', START_MS, async (): Promise<Running | undefined> => {
    if (child.exitCode !== null)
      throw new Error(`the server ended:\n${(await readFile(logFile, 'utf8')).slice(-2000)}`);
    const found = await findRunning(directory).catch(() => undefined);
    return found?.pid === pid && (await isSetUp(found.http)) ? found : undefined;
  });
  return {
    pid,
    dataDir: directory,
    http: running.http,
    mqttPort: Number(new URL(running.mqtt).port),
    settings: running.settings,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** The owner is made just after the server began to answer. */
async function isSetUp(http: string): Promise<boolean> {
  const response = await fetch(`${http}${API_PREFIX}${routes.identity.setupState.path}`);
  return response.ok && !((await response.json()) as { required: boolean }).required;
}

/** What a bench decides about the server; nothing of the surroundings leaks into the figures. */
export function environmentOf(dataDir: string, httpPort: number): NodeJS.ProcessEnv {
  const surroundings = Object.entries(process.env).filter(([name]) => !name.startsWith('MUSTER_'));
  return {
    ...Object.fromEntries(surroundings),
    MUSTER_DATA_DIR: dataDir,
    MUSTER_HTTP_PORT: String(httpPort),
    MUSTER_MQTT_PORT: '0',
    MUSTER_OWNER_USERNAME: owner.username,
    MUSTER_OWNER_PASSWORD: owner.password,
    MUSTER_ORGANIZATION: 'bench',
    MUSTER_LOG_LEVEL: 'info',
  };
}
