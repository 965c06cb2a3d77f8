import { listFiles } from '../lib/files.mjs';

/** @typedef {{ server: string[], browser: string[] }} TestFiles relative paths */

/**
 * The test files of the project: `*.test.*` run on the server's side, `*.journey.ts` in a browser.
 *
 * @param {string} root
 * @param {string[]} filters parts of paths; none means all
 * @returns {TestFiles}
 */
export function findTests(root, filters) {
  const files = listFiles(root, ['packages', 'solutions', 'apps', 'bench', 'scripts', 'journeys']);
  const wanted = files.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  return {
    server: wanted.filter((file) => /\.test\.(ts|tsx|mjs)$/.test(file)),
    browser: wanted.filter((file) => /^(journeys|solutions\/[^/]+\/journeys)\/.*\.journey\.ts$/.test(file)),
  };
}
