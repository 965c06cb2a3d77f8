import { spawn } from 'node:child_process';
import { endGroup, exitCode } from './child.mjs';

/** npm passes on a Ctrl-C that the terminal has delivered already: what comes this close together is one wish. */
const SAME_WISH_MS = 500;
/** After a second wish the program has this long before its group is killed. */
const FORCE_AFTER_MS = 3_000;
const PARENT_CHECK_MS = 1_000;

/**
 * Stands in for a program: same input, output and exit code. The program runs in a process group of its own and so gets each wish to
 * stop exactly once, as SIGTERM or SIGINT; an IPC channel tells it ('disconnect') when this process was killed outright.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export function launch(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true });
    let firstAt = 0;
    let forced = false;
    const stop = (/** @type {NodeJS.Signals} */ signal) => {
      const now = Date.now();
      if (firstAt && now - firstAt < SAME_WISH_MS) return;
      // A closing terminal is a wish to stop like any other.
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
      if (firstAt && !forced) {
        forced = true;
        setTimeout(() => child.pid && endGroup(child.pid, 'SIGKILL'), FORCE_AFTER_MS).unref();
      }
      firstAt ||= now;
    };
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
    onParentGone(() => stop('SIGTERM'));
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(exitCode(code, signal)));
  });
}

/** Without npm there is nobody left at the terminal; a command started in the background by hand may well outlive its shell. @param {() => void} act */
function onParentGone(act) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, PARENT_CHECK_MS);
  timer.unref();
}
