import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const text = /\.(?:js|css|html|svg|json)$/;
const WORTHWHILE_BYTES = 1024;

/** Puts `.br` and `.gz` beside every file of text, for a server that sends files as they are. */
export const compress = (): Plugin => ({
  name: 'muster:compress',
  apply: 'build',
  async writeBundle({ dir }) {
    if (dir === undefined) return;
    const files = await readdir(dir, { recursive: true });
    for (const file of files.filter((name) => text.test(name))) {
      const path = join(dir, file);
      const bytes = await readFile(path);
      if (bytes.length < WORTHWHILE_BYTES) continue;
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
      await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
      await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
    }
  },
});
