import { join } from 'node:path';
import { capture } from '../lib/child.mjs';

/**
 * Runs a tool of node_modules and takes what it prints as findings when it fails.
 *
 * @param {string} root
 * @param {string} script path of the tool in node_modules
 * @param {...string} args
 * @returns {Promise<string[]>} findings, empty when all is well
 */
export async function findingsOf(root, script, ...args) {
  const { code, output } = await capture(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return code === 0 ? [] : [output.trim() || `${script} ended with code ${code}`];
}
