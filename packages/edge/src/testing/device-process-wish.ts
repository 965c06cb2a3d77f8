import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface DeviceProcessWish {
  directory: string;
  /** Of the broker. */
  url: string;
  boot: string;
  /** Takes messages as fast as it can. */
  measures?: boolean;
  /** Which run of the process this is. */
  life?: number;
  isSecond?: boolean;
  confirmMs?: number;
  /** Kills itself when it has applied a configuration of this color. */
  diesAfterApplying?: string;
}

export interface DeviceProcess {
  /** What it said, a JSON object a line. */
  said: Record<string, unknown>[];
  kill(): Promise<void>;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
  /** The signal or code that it ended by. */
  ended: Promise<string>;
}

/** Starts a device in a process of its own. @param crashAt dies at this durable operation @param wrapper program and arguments to run it by */
export function startDeviceProcess(wish: DeviceProcessWish, crashAt?: number, wrapper: string[] = []): DeviceProcess {
  const said: Record<string, unknown>[] = [];
  const own = [
    process.execPath,
    '--disable-proto=delete',
    join(import.meta.dirname, 'device-process.ts'),
    JSON.stringify(wish),
  ];
  const [program = '', ...args] = [...wrapper, ...own];
  const child: ChildProcess = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(crashAt !== undefined && { CRASH_AT: String(crashAt) }) },
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      // a line that a kill cut short
      if (line.endsWith('}')) said.push(JSON.parse(line));
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => String(signal ?? code));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  void ended.then(() => process.off('exit', endWithUs));
  return { said, ended, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
