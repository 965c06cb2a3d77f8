import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture } from '../lib/child.mjs';
import { nodeFlags } from '../lib/node-flags.mjs';
import { endLeftovers, killLeftovers, MARK } from './leftovers.mjs';
import { REPORT } from './reporter.mjs';

/**
 * @typedef {{ title: string, detail: string }} Failure
 * @typedef {{ title: string, reason: string }} Skip
 * @typedef {{ passed: number, failures: Failure[], skips: Skip[], notes: string[] }} Outcome
 */

const TIMEOUT_MS = 5 * 60_000;
const reporter = fileURLToPath(new URL('./reporter.mjs', import.meta.url));

/** The files that are running: mark of their processes and folder of their report. @type {Map<string, string>} */
const running = new Map();

/** Ends every process of the files that are running, for a run that was interrupted. */
export function abandonFiles() {
  killLeftovers([...running.keys()]);
  for (const place of running.values()) rmSync(place, { recursive: true, force: true });
}

/**
 * Runs one test file in a process of its own.
 *
 * @param {string} root
 * @param {string} file relative path
 * @param {NodeJS.ProcessEnv} [env] additions to the environment
 * @param {number} [timeoutMs]
 * @returns {Promise<Outcome>} a file that crashes, hangs or declares no test has failed
 */
export async function runFile(root, file, env = {}, timeoutMs = TIMEOUT_MS) {
  const mark = randomUUID();
  const place = mkdtempSync(join(tmpdir(), 'muster-report-'));
  const report = join(place, 'report');
  running.set(mark, place);
  try {
    const args = [...nodeFlags, `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', file];
    // A runner within a runner would report to the outer one.
    const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
    const started = Date.now();
    const ended = await capture(process.execPath, args, {
      cwd: root,
      env: {
        NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
        ...inherited,
        ...env,
        [MARK]: mark,
        [REPORT]: report,
      },
      timeoutMs,
    });
    const outcome = read(root, file, report);
    blameFile(outcome, file, { ...ended, timedOut: Date.now() - started >= timeoutMs });
    const left = await endLeftovers(mark);
    outcome.notes.push(...left.map((command) => `${file} left a process running: ${command}`));
    return outcome;
  } finally {
    running.delete(mark);
    rmSync(place, { recursive: true, force: true });
  }
}

/** @param {string} root @param {string} file @param {string} report @returns {Outcome & { unfinished: string[] }} */
function read(root, file, report) {
  /** @type {Outcome & { unfinished: string[] }} */
  const outcome = { passed: 0, failures: [], skips: [], notes: [], unfinished: [] };
  /** @type {Map<string, string>} */
  const begun = new Map();
  for (const line of readLines(report)) {
    const event = JSON.parse(line);
    if (event.type === 'test:dequeue') begun.set(event.key, event.name);
    else if (event.type === 'test:complete') begun.delete(event.key);
    else note(outcome, event, event.place ? relative(root, event.place) : file);
  }
  outcome.unfinished.push(...begun.values());
  return outcome;
}

/** @param {Outcome} outcome @param {any} event @param {string} place */
function note(outcome, event, place) {
  const title = `${place}  ${event.name}`;
  const excuse = event.skip ?? event.todo;
  if (excuse !== undefined && excuse !== false)
    outcome.skips.push({ title, reason: excuse === true ? 'no reason given' : String(excuse) });
  else if (event.type === 'test:fail' && event.failure !== 'subtestsFailed')
    outcome.failures.push({ title, detail: event.error ?? '' });
  else if (event.type === 'test:pass' && event.kind !== 'suite') outcome.passed += 1;
}

/**
 * What no test of the file can tell: it crashed, hung, or has no tests. What it printed belongs to its failures.
 *
 * @param {Outcome & { unfinished: string[] }} outcome
 * @param {string} file
 * @param {{ code: number, output: string, timedOut: boolean }} ended
 */
function blameFile(outcome, file, { code, output, timedOut }) {
  const silent = outcome.failures.length === 0;
  const blame = (/** @type {string} */ detail) => outcome.failures.push({ title: file, detail });
  if (timedOut)
    blame(
      `did not end in time; still running: ${outcome.unfinished.join(', ') || 'no test (something keeps the process alive, or a loop never yields)'}`,
    );
  else if (code !== 0 && silent) blame(`ended with code ${code}`);
  else if (silent && outcome.passed + outcome.skips.length === 0) blame('declares no test');
  const last = outcome.failures.at(-1);
  const printed = output.trim().split('\n').slice(-60).join('\n');
  if (last && printed) last.detail += `\n── what ${file} printed\n${printed}`;
}

/** @param {string} path */
function readLines(path) {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    // The last line of a process that was killed may be cut.
    return lines.slice(0, -1);
  } catch {
    return [];
  }
}
