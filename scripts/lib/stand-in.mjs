import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A small tree of files in a temporary folder, to try the scripts on.
 *
 * @param {Record<string, unknown>} files text by path; anything but text is written as JSON
 */
export function standIn(files) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-scripts-')));
  const write = (/** @type {string} */ file, /** @type {unknown} */ content) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
  };
  for (const [file, content] of Object.entries(files)) write(file, content);
  return { root, write, remove: () => rmSync(root, { recursive: true, force: true }) };
}
