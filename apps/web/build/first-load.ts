import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fails the build when the scripts that every page waits for are larger than `limit` bytes gzipped, and says how large they are. */
export const firstLoad = (limit: number): Plugin => ({
  name: 'muster:first-load',
  apply: 'build',
  generateBundle(_, bundle) {
    const sizes = new Map<string, number>();
    const follow = (name: string): void => {
      const chunk = bundle[name];
      if (chunk?.type !== 'chunk' || sizes.has(name)) return;
      sizes.set(name, gzipSync(chunk.code, { level: 9 }).length);
      for (const imported of chunk.imports) follow(imported);
    };
    for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk' && chunk.isEntry) follow(chunk.fileName);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const words = `${(total / 1000).toFixed(1)} kB of script gzipped before the first page's own`;
    if (total > limit) this.error(`${words}: more than the ${limit / 1000} kB that a first view may cost`);
    this.info(words);
  },
});
