import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGaps } from '../lib/lock-gaps.mjs';

const kinds = /** @type {const} */ (['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']);

/**
 * Why `npm ci` would refuse package-lock.json on some machine.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function checkLock(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const gaps = Object.keys(findGaps(packages)).map(
    (path) => `package-lock.json lacks ${path.slice('node_modules/'.length)}`,
  );
  if (gaps.length > 0) gaps.push('Run: node scripts/complete-lock.mjs');
  return [...gaps, ...findDrift(root, packages)];
}

/** @param {string} root @param {Record<string, any>} packages */
function findDrift(root, packages) {
  const workspaces = Object.keys(packages).filter((path) => !path.includes('node_modules/'));
  return workspaces.flatMap((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    return kinds
      .filter((kind) => sorted(manifest[kind]) !== sorted(packages[path][kind]))
      .map((kind) => `${join(path, 'package.json')}: ${kind} differ from package-lock.json (run npm install)`);
  });
}

/** @param {Record<string, string> | undefined} versions */
function sorted(versions = {}) {
  return JSON.stringify(Object.entries(versions).sort(([a], [b]) => a.localeCompare(b)));
}
