import { join } from 'node:path';
import { advice, explain } from './advice.mjs';
import { launch } from './launch.mjs';
import { nodeFlags } from './node-flags.mjs';
import { setUp } from './setup.mjs';

const OLDEST_NODE = 20;

/** The server's commands that show pages; the others do without the web app. */
const showsPages = new Set(['start', 'demo']);

/**
 * Runs a command of the server (`start`, `demo`, `simulate`, …) in a checkout that is set up first.
 *
 * @param {string} root
 * @param {string[]} args command and its arguments
 */
export function runServer(root, args) {
  const web = args[0] !== undefined && showsPages.has(args[0]);
  return runProgram(root, { script: 'apps/server/src/main.ts', args, web });
}

/**
 * Sets the checkout up, runs a program of it with Node 24 and ends this process with the program's exit code.
 *
 * @param {string} root
 * @param {{ script: string, args: string[], web: boolean }} program `web` asks for the built web app
 */
export async function runProgram(root, { script, args, web }) {
  try {
    requireNode();
    const node = await setUp(root, { web });
    process.exit(await launch(node, [...nodeFlags, join(root, script), ...args]));
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`);
    process.exit(1);
  }
}

function requireNode() {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= OLDEST_NODE) return;
  throw advice(
    `Node ${OLDEST_NODE} or newer is needed, this is Node ${node}.`,
    'Install Node 24 from nodejs.org or with your package manager; the rest is brought along.',
  );
}
