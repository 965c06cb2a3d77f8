import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ code: number, output: string }} Finished */

/** An interrupted program gets this long to end by itself. */
const GRACE_MS = 2_000;

/** @type {Set<number>} */
const running = new Set();
let ending = false;

/** The programs that are running now, by process id; each leads a group of its own. */
export function runningChildren() {
  return [...running];
}

/**
 * Runs a program to its end in a process group of its own and keeps what it prints. It never throws: a program that cannot be
 * started ends with code 127 and the reason as its output.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<Finished>}
 */
export function capture(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const { pid } = child;
    if (pid) running.add(pid);
    const timer = options.timeoutMs ? setTimeout(() => pid && endGroup(pid, 'SIGKILL'), options.timeoutMs) : undefined;
    const finish = (/** @type {number} */ code) => {
      clearTimeout(timer);
      if (pid) running.delete(pid);
      // An interrupted command ends in silence; nobody is to report what its programs made of that.
      if (!ending) resolve({ code, output });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.on('close', (code, signal) => finish(exitCode(code, signal)));
  });
}

/**
 * The exit code a shell would report.
 *
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitCode(code, signal) {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

/**
 * Signals a whole process group; one that is gone already is fine.
 *
 * @param {number} pid leader of the group
 * @param {NodeJS.Signals} signal
 */
export function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes an interrupted command take its running programs with it; so does one whose launcher was killed outright. Returns the function
 * that lifts this.
 *
 * @param {() => void} [cleanUp] called before the process ends
 */
export function endChildrenOnSignal(cleanUp) {
  const listener = async (/** @type {NodeJS.Signals} */ signal) => {
    if (ending) return;
    ending = true;
    for (const pid of running) endGroup(pid, 'SIGTERM');
    const deadline = Date.now() + GRACE_MS;
    while (running.size > 0 && Date.now() < deadline) await sleep(20);
    for (const pid of running) endGroup(pid, 'SIGKILL');
    cleanUp?.();
    process.stderr.write('\n');
    process.exit(exitCode(null, signal));
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  const orphaned = () => listener('SIGTERM');
  for (const signal of signals) process.on(signal, listener);
  process.on('disconnect', orphaned);
  // Listening must not keep a finished command from ending.
  process.channel?.unref();
  return () => {
    for (const signal of signals) process.off(signal, listener);
    process.off('disconnect', orphaned);
  };
}
