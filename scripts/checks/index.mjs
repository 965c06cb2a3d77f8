import { checkBoundaries } from './boundaries.mjs';
import { checkDocs } from './docs.mjs';
import { checkLock } from './lock.mjs';
import { findingsOf } from './tools.mjs';
import { checkWords } from './words.mjs';

const tsc = 'typescript/bin/tsc';
const biome = '@biomejs/biome/bin/biome';

/**
 * The checks that need neither a database nor a browser, each giving its findings.
 *
 * @type {{ name: string, find: (root: string) => Promise<string[]> }[]}
 */
export const checks = [
  { name: 'types', find: (root) => findingsOf(root, tsc, '-p', 'tsconfig.json') },
  { name: 'types in the browser', find: (root) => findingsOf(root, tsc, '-p', 'tsconfig.web.json') },
  { name: 'types of web tests', find: (root) => findingsOf(root, tsc, '-p', 'tsconfig.web-tests.json') },
  { name: 'types of the scripts', find: (root) => findingsOf(root, tsc, '-p', 'tsconfig.scripts.json') },
  {
    name: 'lint',
    find: (root) => findingsOf(root, biome, 'ci', '--colors=off', '--error-on-warnings', '--max-diagnostics=100'),
  },
  { name: 'boundaries', find: (root) => checkBoundaries(root) },
  { name: 'unused', find: (root) => findingsOf(root, 'knip/bin/knip.js', '--no-config-hints', '--no-progress') },
  { name: 'lock file', find: checkLock },
  { name: 'words', find: checkWords },
  { name: 'documentation', find: checkDocs },
];
