import { availableParallelism } from 'node:os';
import { inParallel } from '../lib/parallel.mjs';
import { checks } from './index.mjs';

/** @typedef {{ passed: number, failures: { title: string, detail: string }[] }} Outcome */

/**
 * Runs every check, printing one line each as it ends.
 *
 * @param {string} root
 * @returns {Promise<Outcome>}
 */
export async function runChecks(root) {
  /** @type {Outcome} */
  const outcome = { passed: 0, failures: [] };
  await inParallel(checks, availableParallelism(), async ({ name, find }) => {
    const started = Date.now();
    const findings = await find(root).catch((error) => [
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    ]);
    const failed = findings.length > 0;
    if (failed) outcome.failures.push({ title: name, detail: findings.join('\n') });
    else outcome.passed += 1;
    process.stdout.write(`${failed ? '✗' : '✓'} ${name.padEnd(22)} ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  });
  return outcome;
}
