import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findPorts } from '@muster/testkit/ports';
import { atEnd } from './clean-up.ts';
import { now, until } from './clock.ts';
import { temporaryDirectory } from './directory.ts';

/** The yardstick: a broker in C that hands every message to one subscriber, which throws it away. */
export interface Mosquitto {
  port: number;
  version: string;
  /** Starts the one subscriber, of quality of service 0 (sent once) or 1 (acknowledged). */
  subscribe(qos: 0 | 1): Promise<Subscriber>;
}

export interface Subscriber {
  /** What reaches the subscriber from now on; the answer tells how much a second it was. */
  countFromNow(): () => number;
  stop(): Promise<void>;
}

/** Debian keeps daemons where an ordinary user's PATH does not lead. */
const ELSEWHERE = ['/usr/sbin', '/usr/local/sbin'];
const START_MS = 10_000;

/** @returns undefined when it is not installed here: `apt-get install mosquitto mosquitto-clients` */
export async function startMosquitto(): Promise<Mosquitto | undefined> {
  const [broker, subscriber] = [findProgram('mosquitto'), findProgram('mosquitto_sub')];
  if (!broker || !subscriber) return undefined;
  const directory = await temporaryDirectory();
  const [port = 0] = await findPorts(1);
  const file = join(directory, 'mosquitto.conf');
  await writeFile(file, settings(directory, port));
  const server = spawn(broker, ['-c', file], { stdio: 'ignore', detached: true });
  endWithBench(server);
  await until('the start of Mosquitto', START_MS, () => accepts(port));
  const version = await versionOf(subscriber);
  return { port, version, subscribe: (qos) => subscribe(subscriber, port, qos) };
}

async function subscribe(program: string, port: number, qos: 0 | 1): Promise<Subscriber> {
  // one character for each message, and nothing else
  const words = ['-h', '127.0.0.1', '-p', String(port), '-t', 'devices/#', '-q', String(qos), '-N', '-F', '.'];
  const reader = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  const stop = endWithBench(reader);
  let [count, at] = [0, now()];
  reader.stdout.on('data', (chunk: Buffer) => {
    count += chunk.length;
    at = now();
  });
  return {
    countFromNow() {
      const [countBefore, atBefore] = [count, at];
      return () => ((count - countBefore) * 1000) / (at - atBefore);
    },
    stop,
  };
}

/** Debian's settings, and a door; who connects is not checked, which is in its favour. */
function settings(directory: string, port: number): string {
  const lines = [
    'persistence true',
    `persistence_location ${directory}/`,
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
  ];
  // as root it would take a user of its own, who may not write there
  if (process.getuid?.() === 0) lines.push('user root');
  return `${lines.join('\n')}\n`;
}

function endWithBench(child: ChildProcess): () => Promise<void> {
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  };
  atEnd(stop);
  return stop;
}

function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...ELSEWHERE];
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function versionOf(subscriber: string): Promise<string> {
  // it tells its version as the head of its help, and ends with a code of its own
  const { stdout } = await promisify(execFile)(subscriber, ['--help']).catch((error: { stdout?: string }) => error);
  return /version (\S+)/.exec(stdout ?? '')?.[1] ?? 'of unknown version';
}

function accepts(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined));
    socket.once('connect', () => socket.destroy());
  });
}
