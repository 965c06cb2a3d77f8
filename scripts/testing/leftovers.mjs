import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The variable that marks every process a test file has started, however deep. */
export const MARK = 'MUSTER_TEST_FILE';

const GRACE_MS = 3_000;

/**
 * Ends what a test file left running, after a moment in which it may end by itself.
 *
 * @param {string} mark value of MARK in the processes' environment
 * @returns {Promise<string[]>} command lines of those that had to be ended
 */
export async function endLeftovers(mark) {
  const deadline = Date.now() + GRACE_MS;
  let left = find(mark);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(100);
    left = find(mark);
  }
  for (const { pid } of left) signal(pid, 'SIGTERM');
  if (left.length > 0) await sleep(500);
  for (const { pid } of find(mark)) signal(pid, 'SIGKILL');
  return left.map(({ command }) => command);
}

/** Ends what is marked at once, for a run that was interrupted. @param {string[]} marks */
export function killLeftovers(marks) {
  for (const mark of marks) for (const { pid } of find(mark)) signal(pid, 'SIGKILL');
}

/** Only Linux shows the environment of a process; elsewhere nothing is found. @param {string} mark */
function find(mark) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const environment = read(`/proc/${name}/environ`).split('\0');
    if (!environment.includes(`${MARK}=${mark}`)) return [];
    return [{ pid: Number(name), command: read(`/proc/${name}/cmdline`).split('\0').join(' ').trim() }];
  });
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** @param {number} pid @param {NodeJS.Signals} name */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
