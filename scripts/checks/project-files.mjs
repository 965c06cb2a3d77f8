import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../lib/child.mjs';
import { listFiles } from '../lib/files.mjs';

/**
 * The files that belong to the project: what git knows or would add, or in an unpacked archive everything that is not a product.
 *
 * @param {string} root
 * @returns {Promise<string[]>} relative paths
 */
export async function projectFiles(root) {
  if (!existsSync(join(root, '.git'))) return listFiles(root, ['']);
  const git = await capture('git', ['-c', `safe.directory=${root}`, 'ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
  });
  if (git.code !== 0) return listFiles(root, ['']);
  return git.output.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

/**
 * The text of a file, or undefined for a picture and the like.
 *
 * @param {string} root
 * @param {string} file
 */
export function textOf(root, file) {
  const content = readFileSync(join(root, file));
  return content.includes(0) ? undefined : content.toString('utf8');
}
