import { runChecks } from '../checks/run.mjs';
import { explain } from '../lib/advice.mjs';
import { inParallel } from '../lib/parallel.mjs';
import { setUp } from '../lib/setup.mjs';
import { ensureChromium } from './chromium.mjs';
import { findTests } from './find-tests.mjs';
import { runFile } from './run-file.mjs';

/** @typedef {import('./run-file.mjs').Outcome} Outcome */

/** Two files of the server's at once use most of two cores; a browser path beside them uses the rest, for it waits for pages more than it works. */
const SERVER_WIDTH = 2;
const BROWSER_WIDTH = 1;

/**
 * Runs what the options ask for, printing one line per finished check or file.
 *
 * @param {string} root
 * @param {import('./options.mjs').Options} options
 * @returns {Promise<Outcome>}
 */
export async function runAll(root, { filters, parts }) {
  /** @type {Outcome} */
  const total = { passed: 0, failures: [], skips: [], notes: [] };
  const files = findTests(root, filters);
  if (parts.includes('verify')) {
    heading('Checks');
    add(total, { ...(await runChecks(root)), skips: [], notes: [] });
  }
  const alone = parts.includes('server') ? files.server.filter(isAlone) : [];
  const server = files.server.filter((file) => !isAlone(file));
  if (alone.length > 0) heading('Alone');
  for (const file of alone) add(total, await runNamed(root, file));
  /** @type {[title: string, run: () => Promise<unknown>][]} */
  const lanes = [];
  if (parts.includes('server') && server.length > 0) {
    lanes.push(['Server tests', () => runServer(root, server, total)]);
  }
  const wantsBrowser = parts.includes('browser') && files.browser.length > 0;
  const chromium = wantsBrowser ? await prepareBrowser(root, files.browser, total) : undefined;
  if (chromium !== undefined) {
    lanes.push(['Browser paths', () => runBrowser(root, files.browser, total, chromium)]);
  }
  if (lanes.length > 0) heading(lanes.map(([title]) => title).join(' · '));
  await Promise.all(lanes.map(([, run]) => run()));
  if (total.passed + total.failures.length + total.skips.length === 0) {
    total.failures.push({ title: filters.join(' '), detail: 'no test file has this in its path' });
  }
  return total;
}

/** What changes the machine's network ends the connections of browsers: it runs before anything else does. @param {string} file */
const isAlone = (file) => file.includes('.alone.test.');

/** @param {string} root @param {string[]} files @param {Outcome} total */
const runServer = (root, files, total) =>
  inParallel(files, SERVER_WIDTH, async (file) => add(total, await runNamed(root, file)));

/** @param {string} root @param {string[]} files @param {Outcome} total @param {string} chromium */
const runBrowser = (root, files, total, chromium) =>
  inParallel(files, BROWSER_WIDTH, async (file) =>
    add(total, await runNamed(root, file, { MUSTER_CHROMIUM: chromium })),
  );

/**
 * Builds the web app and finds a browser. A web app that does not build must not keep the server's tests from running.
 *
 * @param {string} root @param {string[]} files @param {Outcome} total
 * @returns {Promise<string | undefined>} the browser; undefined: there is none, and the files have failed or are skipped
 */
async function prepareBrowser(root, files, total) {
  if (process.env.MUSTER_SKIP_BROWSER === '1') {
    total.skips.push(...files.map((title) => ({ title, reason: 'MUSTER_SKIP_BROWSER=1' })));
    return undefined;
  }
  const failAll = (/** @type {string} */ detail) => total.failures.push(...files.map((title) => ({ title, detail })));
  const broken = await setUp(root, { web: true }).then(() => undefined, explain);
  if (broken !== undefined) return void failAll(broken);
  const chromium = await ensureChromium();
  if ('reason' in chromium) return void failAll(chromium.reason);
  return chromium.path;
}

/** @param {string} root @param {string} file @param {NodeJS.ProcessEnv} [env] */
async function runNamed(root, file, env) {
  const started = Date.now();
  const outcome = await runFile(root, file, env);
  const failed = outcome.failures.length;
  const counts = [`${outcome.passed} passed`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${failed > 0 ? '✗' : '✓'} ${file.padEnd(60)} ${counts}  ${seconds} s\n`);
  return outcome;
}

/** @param {Outcome} total @param {Outcome} part */
function add(total, part) {
  total.passed += part.passed;
  total.failures.push(...part.failures);
  total.skips.push(...part.skips);
  total.notes.push(...part.notes);
}

/** @param {string} title */
function heading(title) {
  process.stdout.write(`\n${title}\n`);
}
