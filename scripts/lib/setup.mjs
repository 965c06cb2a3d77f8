import { join } from 'node:path';
import { advice } from './advice.mjs';
import { endChildrenOnSignal, runningChildren } from './child.mjs';
import { dependenciesAreReady, installDependencies } from './dependencies.mjs';
import { acquire } from './mutex.mjs';
import { step } from './progress.mjs';
import { findRuntime, repairRuntime } from './runtime.mjs';
import { buildWeb, webIsReady } from './web.mjs';

/**
 * Makes the checkout ready: dependencies, Node 24 and, where asked for, the web app. Nothing is touched when all of it is ready.
 *
 * @param {string} root
 * @param {{ web: boolean }} wanted
 * @returns {Promise<string>} path of the Node to run programs with
 */
export async function setUp(root, { web }) {
  if (dependenciesAreReady(root) && (!web || webIsReady(root))) {
    const node = await findRuntime(root);
    if (node) return node;
  }
  const release = await lock(root);
  const done = endChildrenOnSignal(release);
  try {
    if (!dependenciesAreReady(root)) await step('Installing dependencies', () => installDependencies(root));
    let node = await findRuntime(root);
    if (!node) {
      await step('Installing Node 24', () => repairRuntime(root));
      node = await findRuntime(root);
    }
    if (!node)
      throw advice('Node 24 is installed but does not start.', 'Delete node_modules and run the command again.');
    const runtime = node;
    if (web && !webIsReady(root)) await step('Building the web app', () => buildWeb(root, runtime));
    return runtime;
  } finally {
    done();
    release();
  }
}

/** @param {string} root */
async function lock(root) {
  try {
    return await acquire(
      join(root, '.cache/setup.lock'),
      (holder) => process.stderr.write(`Waiting: ${holder} is setting this checkout up.\n`),
      runningChildren,
    );
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw advice(
      `This checkout needs to be set up, and you may not write in ${root}.`,
      `Take it over: sudo chown -R "$(id -un)" ${root}`,
      'Or clone the project again as yourself.',
    );
  }
}
