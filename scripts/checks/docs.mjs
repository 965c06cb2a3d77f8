import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
const rooms = /^(packages|solutions|apps|bench|journeys|scripts|deploy|docs|\.ci)\//;
const rootFile = /^[\w.-]+\.(md|json|cjs|mjs|ts)$/;
/** Names that stand for something the reader fills in. */
const placeholder = /[<>…\s]|NNNN|YYYY/;

/**
 * Paths and npm scripts which the documentation cites and which do not exist.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function checkDocs(root) {
  const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts ?? {};
  return pages
    .filter((page) => existsSync(join(root, page)))
    .flatMap((page) =>
      readFileSync(join(root, page), 'utf8')
        .split('\n')
        .flatMap((line, index) =>
          [...missingPaths(root, line), ...missingScripts(scripts, line)].map(
            (what) => `${page}:${index + 1}: ${what}`,
          ),
        ),
    );
}

/** @param {string} root @param {string} line */
function missingPaths(root, line) {
  const cited = [...line.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? '').replace(/:\d+$/, ''));
  return cited
    .filter((path) => !placeholder.test(path) && (rooms.test(path) || rootFile.test(path)))
    .flatMap(expand)
    .filter((path) => globSync(path, { cwd: root }).length === 0)
    .map((path) => `${path} does not exist`);
}

/** @param {Record<string, string>} scripts @param {string} line */
function missingScripts(scripts, line) {
  const cited = [...line.matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
  return cited.filter((name) => !(name in scripts)).map((name) => `package.json has no script "${name}"`);
}

/** `a/{b,c}` cites two paths, and both must exist. @param {string} path @returns {string[]} */
function expand(path) {
  const braces = /\{([^{}]+)\}/.exec(path);
  if (!braces) return [path];
  return (braces[1] ?? '').split(',').flatMap((part) => expand(path.replace(braces[0], part)));
}
