import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRecord, writeRecord } from './files.mjs';

/** @typedef {{ pid: number, host: string, at: number, children: number[] }} Holder */

const HEARTBEAT_MS = 500;
const STALE_AFTER_MS = 30_000;

/**
 * Takes the lock file at `path`, waiting for whoever holds it; a holder that died is replaced once the programs it had started have
 * ended too.
 *
 * @param {string} path
 * @param {(holder: string) => void} onWait called once when somebody else holds it
 * @param {() => number[]} children the programs this process has running now
 * @returns {Promise<() => void>} gives the lock back
 */
export async function acquire(path, onWait, children) {
  mkdirSync(dirname(path), { recursive: true });
  const self = { pid: process.pid, host: hostname(), at: Date.now() };
  let told = false;
  while (!take(path, { ...self, children: [] })) {
    const holder = readRecord(path);
    if (isStale(path, holder)) {
      remove(path, holder);
      continue;
    }
    if (!told) onWait(holder ? `process ${holder.pid}` : 'another process');
    told = true;
    await sleep(200);
  }
  const heartbeat = setInterval(() => refresh(path, { ...self, children: children() }), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    rmSync(path, { force: true });
  };
}

/** @param {string} path @param {Holder} self */
function take(path, self) {
  try {
    writeFileSync(path, JSON.stringify(self), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** On this machine a look tells; of another one only the heartbeat does. @param {string} path @param {Holder | undefined} holder */
function isStale(path, holder) {
  if (holder?.host === hostname()) return ![holder.pid, ...holder.children].some(isAlive);
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > STALE_AFTER_MS;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** In a container without an init a dead process keeps its number. @param {number} pid */
function isZombie(pid) {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && /\) Z /.test(readFileSync(path, 'utf8'));
}

/**
 * Moves a stale lock away. Two waiters may see the same stale lock, so only the one that was judged may go.
 *
 * @param {string} path
 * @param {Holder | undefined} judged
 */
function remove(path, judged) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readRecord(aside)?.at !== judged?.at) renameSync(aside, path);
  } catch {
    // Somebody else moved it first.
  }
  rmSync(aside, { force: true });
}

/** @param {string} path @param {Holder} self */
function refresh(path, self) {
  try {
    writeRecord(path, self);
  } catch {
    // The folder was deleted; the step that is running will say so.
  }
}
