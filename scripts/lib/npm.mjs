import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { advice } from './advice.mjs';
import { capture } from './child.mjs';

const NEEDED = 11;

/**
 * Runs the npm that started this command, or the one on PATH, with the Node that belongs to it.
 *
 * @param {string} root
 * @param {string[]} args
 */
export function npm(root, args) {
  const { program, first } = command();
  return capture(program, [...first, ...args], { cwd: root, env: environment() });
}

/**
 * What npm said went wrong, without its warnings and stacks.
 *
 * @param {string} output
 */
export function complaints(output) {
  const lines = output.trim().split('\n');
  const errors = lines.filter((line) => /^npm error\s(?!\s+at )/.test(line));
  return (errors.length > 0 ? errors : lines).join('\n');
}

/**
 * Fails with advice when npm is missing or too old to install this project.
 *
 * @param {string} root
 */
export async function requireNpm(root) {
  const found = /^npm\/(\d\S*)/.exec(process.env.npm_config_user_agent ?? '')?.[1] ?? (await askVersion(root));
  if (Number.parseInt(found, 10) >= NEEDED) return;
  throw advice(
    `npm ${NEEDED} or newer is needed, this is npm ${found}.`,
    `Install it: npm install --global npm@${NEEDED}`,
  );
}

/** @param {string} root */
async function askVersion(root) {
  const { code, output } = await npm(root, ['--version']);
  if (code === 0) return output.trim().split('\n').at(-1) ?? '';
  throw advice('npm was not found.', `Install Node 20 or newer with npm ${NEEDED} or newer.`);
}

function command() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  // Both may point into a removed installation when the variables were inherited from a long-lived shell.
  if (script?.endsWith('.js') && existsSync(script) && node && existsSync(node))
    return { program: node, first: [script] };
  return { program: 'npm', first: [] };
}

function environment() {
  const env = { ...process.env };
  // `npm ci` deletes node_modules, so nothing it needs may be found there first.
  const inProject = join('node_modules', '.bin');
  env.PATH = (env.PATH ?? '')
    .split(delimiter)
    .filter((path) => !path.endsWith(inProject))
    .join(delimiter);
  for (const name of ['workspace', 'workspaces', 'include_workspace_root', 'dry_run', 'global', 'prefix'])
    delete env[`npm_config_${name}`];
  return env;
}
