import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../lib/child.mjs';
import { listFiles } from '../lib/files.mjs';

/** @typedef {{ source: string, dependencies: { module: string }[] }} Module */

const rooms = ['packages', 'solutions', 'apps', 'bench', 'journeys', 'scripts'];
const specifier = /\b(?:from\s+|import\s+|import\s*\(\s*)['"](?:node:)?([^'"\n]+)['"]/g;

/**
 * Imports that cross a wall: the rules of .dependency-cruiser.cjs, and shared packages naming a solution.
 *
 * @param {string} root
 * @param {string} [home] where the tool and its rules are
 * @returns {Promise<string[]>} findings as `rule: file → what it imports`
 */
export async function checkBoundaries(root, home = root) {
  const present = rooms.filter((room) => existsSync(join(root, room)));
  const tool = join(home, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const parser = new URL('./parse-tsx.mjs', import.meta.url).href;
  const args = [
    '--import',
    parser,
    tool,
    '--config',
    join(home, '.dependency-cruiser.cjs'),
    '--output-type',
    'json',
    ...present,
  ];
  const { code, output } = await capture(process.execPath, args, { cwd: root });
  if (!output.startsWith('{')) return [output.trim() || `dependency-cruiser ended with code ${code}`];
  const { modules, summary } = JSON.parse(output);
  return [...summary.violations.map(describe), ...findUnseen(root, modules), ...findNamedSolutions(root)];
}

/** @param {{ rule: { name: string }, from: string, to: string, cycle?: { name: string }[] }} violation */
function describe({ rule, from, to, cycle }) {
  return `${rule.name}: ${from} → ${cycle ? cycle.map(({ name }) => name).join(' → ') : to}`;
}

/**
 * The parser has blind spots (`type T = import('x').T`): what the text imports and the graph lacks is a finding of its own.
 *
 * @param {string} root
 * @param {Module[]} modules
 */
function findUnseen(root, modules) {
  const own = modules.filter(
    ({ source }) => /^(?!.*node_modules\/).*\.tsx?$/.test(source) && existsSync(join(root, source)),
  );
  return own.flatMap(({ source, dependencies }) => {
    const seen = new Set(dependencies.map(({ module }) => module.replace(/^node:/, '')));
    const text = withoutComments(readFileSync(join(root, source), 'utf8'));
    const named = [...text.matchAll(specifier)].map((match) => match[1] ?? '');
    return named
      .filter((name) => !seen.has(name))
      .map((name) => `unseen-import: ${source} → ${name} (import it at the top of the file)`);
  });
}

/** @param {string} text */
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** @param {string} root */
function findNamedSolutions(root) {
  const solutions = existsSync(join(root, 'solutions')) ? readdirSync(join(root, 'solutions')) : [];
  if (solutions.length === 0) return [];
  const name = new RegExp(`(@muster|solutions)/(${solutions.join('|')})\\b`);
  return listFiles(root, ['packages']).flatMap((file) => {
    const found = name.exec(readFileSync(join(root, file), 'utf8'));
    return found ? [`core-names-no-solution: ${file} → ${found[0]}`] : [];
  });
}
