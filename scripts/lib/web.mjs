import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { advice } from './advice.mjs';
import { capture } from './child.mjs';
import { digest, listFiles, outline, readRecord, writeRecord } from './files.mjs';

const DIST = 'apps/web/dist';
const RECORD = `${DIST}/.muster-build`;

/**
 * Whether the built web app is made of today's sources.
 *
 * @param {string} root
 */
export function webIsReady(root) {
  const built = readRecord(join(root, RECORD));
  if (!built || !existsSync(join(root, DIST, 'index.html'))) return false;
  const files = sources(root);
  const seen = outline(root, files);
  if (built.outline === seen) return true;
  if (built.digest !== digest(root, files)) return false;
  try {
    writeRecord(join(root, RECORD), { ...built, outline: seen });
  } catch {
    // Somebody who may not write here compares contents again next time.
  }
  return true;
}

/**
 * Builds the web app beside the old one, which stays in use until the new one is whole.
 *
 * @param {string} root
 * @param {string} node the Node to build with
 */
export async function buildWeb(root, node) {
  const next = join(root, `.cache/web-${process.pid}`);
  const old = `${next}-old`;
  const files = sources(root);
  const record = { outline: outline(root, files), digest: digest(root, files) };
  try {
    const vite = join(
      dirname(createRequire(join(root, 'apps/web/package.json')).resolve('vite/package.json')),
      'bin/vite.js',
    );
    const { code, output } = await capture(
      node,
      [vite, 'build', '--outDir', next, '--emptyOutDir', '--logLevel', 'warn'],
      {
        cwd: join(root, 'apps/web'),
        env: { ...process.env, NODE_ENV: 'production' },
      },
    );
    if (code !== 0) throw advice(`The web app could not be built:\n${output.trim()}`);
    writeRecord(join(next, '.muster-build'), record);
    if (existsSync(join(root, DIST))) renameSync(join(root, DIST), old);
    renameSync(next, join(root, DIST));
  } finally {
    rmSync(next, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** @param {string} root */
function sources(root) {
  const solutions = existsSync(join(root, 'solutions')) ? readdirSync(join(root, 'solutions')) : [];
  const paths = ['package-lock.json', 'apps/web', 'packages/ui', 'packages/contract'];
  for (const name of solutions) paths.push(`solutions/${name}/src`, `solutions/${name}/web`);
  return listFiles(root, paths).filter((file) => !/\.(test|journey)\.tsx?$/.test(file));
}
