import { accessSync, constants, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { advice } from './advice.mjs';
import { readRecord, sha256, writeRecord } from './files.mjs';
import { complaints, npm, requireNpm } from './npm.mjs';

/** What was installed and found to work; it lives in node_modules so that deleting one deletes the other. */
const RECORD = 'node_modules/.muster-lock';

/** @param {string} root @returns {any} */
export function readInstalled(root) {
  return readRecord(join(root, RECORD)) ?? {};
}

/**
 * Notes a finding about the installation; somebody who may not write there finds it out again next time.
 *
 * @param {string} root
 * @param {object} finding
 */
export function noteInstalled(root, finding) {
  try {
    writeRecord(join(root, RECORD), { ...readInstalled(root), ...finding });
  } catch {
    // The record saves time only.
  }
}

/**
 * Whether node_modules is what package-lock.json asks for on this kind of machine.
 *
 * @param {string} root
 */
export function dependenciesAreReady(root) {
  const wanted = lockKey(root);
  if (readInstalled(root).lock === wanted) return true;
  if (!matchesByContent(root)) return false;
  noteInstalled(root, { lock: wanted });
  return true;
}

/**
 * Installs exactly what package-lock.json lists.
 *
 * @param {string} root
 */
export async function installDependencies(root) {
  requireOwnership(root);
  await requireNpm(root);
  rmSync(join(root, RECORD), { force: true });
  // Without --include a NODE_ENV=production in the shell would leave out what the web build needs.
  const result = await npm(root, ['ci', '--include=dev', '--include=optional', '--loglevel=warn', '--no-progress']);
  if (result.code !== 0) throw installFailed(root, result.output);
  await runInstallScripts(root);
  noteInstalled(root, { lock: lockKey(root) });
}

/** @param {string} root */
function lockKey(root) {
  const path = join(root, 'package-lock.json');
  if (!existsSync(path))
    throw advice(
      'package-lock.json is missing.',
      'Get the whole project: git clone, or git checkout package-lock.json.',
    );
  return `${sha256(readFileSync(path))} ${process.platform}-${process.arch}`;
}

/** An installation somebody made with `npm install` is as good as ours: npm's own record is compared entry by entry. @param {string} root */
function matchesByContent(root) {
  const wanted = readRecord(join(root, 'package-lock.json'))?.packages;
  const present = readRecord(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link) return true;
    const found = present[path];
    if (!found) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && (!entry.integrity || found.integrity === entry.integrity);
  });
}

/** A machine set to ignore install scripts gets those package.json allows, since the database and Node come from them. @param {string} root */
async function runInstallScripts(root) {
  const { code, output } = await npm(root, ['config', 'get', 'ignore-scripts', '--loglevel=error']);
  if (code !== 0 || output.trim().split('\n').at(-1) !== 'true') return;
  const allowed = Object.keys(readRecord(join(root, 'package.json'))?.allowScripts ?? {});
  const present = allowed.filter((name) => existsSync(join(root, 'node_modules', name)));
  const result = await npm(root, ['rebuild', '--ignore-scripts=false', '--loglevel=warn', ...present]);
  if (result.code !== 0) throw installFailed(root, result.output);
}

/** @param {string} root */
function requireOwnership(root) {
  const modules = join(root, 'node_modules');
  const place = existsSync(modules) ? modules : root;
  const owner = statSync(place).uid;
  const me = userInfo();
  if (me.uid === 0 || me.uid === -1) return;
  if (owner === me.uid && isWritable(place)) return;
  throw foreign(root, `${place} belongs to ${owner === 0 ? 'root' : `user ${owner}`}, and you are ${me.username}.`);
}

/** @param {string} place */
function isWritable(place) {
  try {
    accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} root @param {string} message */
function foreign(root, message) {
  const { username } = userInfo();
  return advice(
    message,
    `Take the checkout over: sudo chown -R ${username} ${root}`,
    'Or clone the project again as yourself.',
  );
}

/** @param {string} root @param {string} output */
function installFailed(root, output) {
  const text = complaints(output);
  if (/\bE(ACCES|PERM)\b/.test(text)) return foreign(root, `npm may not write in ${root}:\n${text}`);
  if (/\b(ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ERR_SOCKET_TIMEOUT)\b/.test(text))
    return advice(
      `npm could not reach its registry:\n${text}`,
      'Check the network and the proxy (npm config list), then run the command again.',
    );
  if (/\bENOSPC\b/.test(text)) return advice(`The disk is full:\n${text}`, 'The dependencies need about 1 GB.');
  if (/EUSAGE/.test(text))
    return advice(
      `package-lock.json does not fit package.json:\n${text}`,
      'After changing dependencies: npm install && node scripts/complete-lock.mjs',
    );
  return advice(
    `npm ci failed:\n${text}`,
    'Run the command again; if it fails the same way, delete node_modules first.',
  );
}
