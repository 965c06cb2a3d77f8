import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ignored = new Set(['node_modules', 'dist', '.git', '.cache', 'coverage']);

/** @param {string | Buffer} content */
export function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Every file under the given paths, relative to `root` and sorted; paths that do not exist count as empty.
 *
 * @param {string} root
 * @param {string[]} paths files or folders
 * @returns {string[]}
 */
export function listFiles(root, paths) {
  /** @type {string[]} */
  const found = [];
  const walk = (/** @type {string} */ path) => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false });
    if (stats?.isFile()) found.push(path);
    if (!stats?.isDirectory()) return;
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      if (ignored.has(entry.name) || entry.isSymbolicLink()) continue;
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(inner);
      else if (entry.isFile()) found.push(inner);
    }
  };
  for (const path of paths) walk(path);
  return found.sort();
}

/**
 * What the files look like from outside: names, sizes and times. Equal means unchanged; different may still be equal in content.
 *
 * @param {string} root
 * @param {string[]} files
 */
export function outline(root, files) {
  const lines = files.map((file) => {
    const { size, mtimeMs } = statSync(join(root, file));
    return `${file} ${size} ${mtimeMs}`;
  });
  return sha256(lines.join('\n'));
}

/**
 * What the files say: names and content.
 *
 * @param {string} root
 * @param {string[]} files
 */
export function digest(root, files) {
  return sha256(files.map((file) => `${file} ${sha256(readFileSync(join(root, file)))}`).join('\n'));
}

/**
 * A small JSON record, or undefined when it is missing or damaged.
 *
 * @param {string} path
 * @returns {any}
 */
export function readRecord(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Writes a small JSON record whole or not at all.
 *
 * @param {string} path
 * @param {unknown} value
 */
export function writeRecord(path, value) {
  const next = `${path}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(value)}\n`);
  renameSync(next, path);
}
