import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { advice } from './advice.mjs';
import { capture } from './child.mjs';
import { noteInstalled, readInstalled } from './dependencies.mjs';
import { readRecord } from './files.mjs';
import { complaints, npm } from './npm.mjs';

const PINNED = 'node_modules/node/bin/node';
/** Argon2 is in node:crypto since this version. */
const OLDEST = [24, 7];

/**
 * The Node to run the server with: the one package.json pins, or the running one when that is new enough. Undefined when neither works.
 *
 * @param {string} root
 * @returns {Promise<string | undefined>}
 */
export async function findRuntime(root) {
  const pinned = join(root, PINNED);
  const stats = statSync(pinned, { throwIfNoEntry: false });
  if (stats) {
    const mark = `${stats.size} ${stats.mtimeMs}`;
    if (readInstalled(root).node === mark) return pinned;
    if (await isRecent(pinned)) {
      noteInstalled(root, { node: mark });
      return pinned;
    }
  }
  return isRecentVersion(process.versions.node) ? process.execPath : undefined;
}

/**
 * Puts the pinned Node in place when its install script did not: it was blocked, or was interrupted.
 *
 * @param {string} root
 */
export async function repairRuntime(root) {
  const version = readRecord(join(root, 'package.json'))?.dependencies?.node;
  const name = platformPackage();
  const place = join(root, '.cache/node');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const installed = await npm(root, [
    'install',
    '--prefix',
    place,
    '--no-save',
    '--no-package-lock',
    '--loglevel=warn',
    `${name}@${version}`,
  ]);
  const source = join(place, 'node_modules', name, 'bin/node');
  const works = installed.code === 0 && (await isRecent(source));
  if (works) {
    const target = join(root, PINNED);
    mkdirSync(join(target, '..'), { recursive: true });
    copyFileSync(source, `${target}.next`);
    chmodSync(`${target}.next`, 0o755);
    renameSync(`${target}.next`, target);
  }
  rmSync(place, { recursive: true, force: true });
  if (works) return;
  throw advice(
    `Node ${version} could not be installed for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}:\n${complaints(installed.output)}`,
    `Install Node ${OLDEST.join('.')} or newer yourself and run the command again: it is then used as it is.`,
  );
}

function platformPackage() {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/** @param {string} program */
async function isRecent(program) {
  const { code, output } = await capture(program, ['--version'], { timeoutMs: 20_000 });
  return code === 0 && isRecentVersion(output.trim().replace(/^v/, ''));
}

/** @param {string} version */
function isRecentVersion(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
