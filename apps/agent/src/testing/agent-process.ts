import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface AgentProcess {
  child: ChildProcessWithoutNullStreams;
  /** What it said so far, on both streams. */
  output(): string;
  /** The exit code or signal. */
  ended: Promise<string>;
}

const running = new Set<ChildProcessWithoutNullStreams>();

/** For tests: the agent as people run it. */
export function startAgent(directory: string, args: string[]): AgentProcess {
  const main = join(import.meta.dirname, '..', 'main.ts');
  const child = spawn(process.execPath, ['--disable-proto=delete', main, ...args, '--state', directory]);
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece) => {
      output += piece;
    });
  }
  return { child, output: () => output, ended: once(child, 'close').then(([code, signal]) => String(signal ?? code)) };
}

/** Ends those that a test left running. */
export function endAgents(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}
