import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { capture } from '../lib/child.mjs';
import { step } from '../lib/progress.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Without any font Chromium draws no text; the recommended packages would bring some, and a desktop with them. */
const packages = ['chromium', 'fonts-liberation'];

/**
 * Finds a Chromium that starts, installing Debian's where that is possible.
 *
 * @returns {Promise<{ path: string } | { reason: string }>}
 */
export async function ensureChromium() {
  const asked = process.env.MUSTER_CHROMIUM;
  if (asked) return (await starts(asked)) ? { path: asked } : { reason: `MUSTER_CHROMIUM=${asked} does not start` };
  const found = await find();
  if (found) return { path: found };
  const reason = await install();
  const installed = await find();
  return installed ? { path: installed } : { reason };
}

async function find() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (isExecutable(path) && (await starts(path))) return path;
  }
  return undefined;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path */
async function starts(path) {
  const { code } = await capture(path, ['--version'], { timeoutMs: 30_000 });
  return code === 0;
}

/** @returns {Promise<string>} why there is still none, should that be so */
async function install() {
  const byHand = `Install Chromium (Debian: apt-get install ${packages.join(' ')}), or set MUSTER_CHROMIUM to a browser, or MUSTER_SKIP_BROWSER=1.`;
  if (!existsSync('/usr/bin/apt-get')) return `Chromium was not found. ${byHand}`;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && (await capture('sudo', ['-n', 'true'])).code !== 0)
    return `Chromium was not found, and only root may install it. ${byHand}`;
  const result = await step('Installing Chromium', async () => {
    const updated = await aptGet(isRoot, ['update']);
    const installed = await aptGet(isRoot, ['install', '-y', '--no-install-recommends', ...packages]);
    return installed.code === 0
      ? installed
      : { code: installed.code, output: `${updated.output}\n${installed.output}` };
  });
  return `Chromium could not be installed. ${byHand}\n${result.output.trim().split('\n').slice(-15).join('\n')}`;
}

/** @param {boolean} isRoot @param {string[]} args */
function aptGet(isRoot, args) {
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=300', ...args];
  const [program = '', ...rest] = isRoot ? command : ['sudo', '-n', ...command];
  return capture(program, rest);
}
