import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './build/compress.ts';
import { firstLoad } from './build/first-load.ts';
import { noSchemas } from './build/no-schemas.ts';

/** Where a running server answers, for `vite dev`. */
const server = process.env.MUSTER_PUBLIC_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [noSchemas(), react(), firstLoad(250_000), compress()],
  build: {
    target: 'es2023',
    // The content security policy allows scripts of our own files only: nothing inline, nothing as data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // first-load.ts watches the size that matters.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        // What every page waits for comes in two files: one that changes with a dependency, one that changes with the app.
        codeSplitting: {
          groups: [
            { name: 'parts', test: /node_modules/, tags: ['$initial'], priority: 2 },
            { name: 'frame', tags: ['$initial'], priority: 1 },
            // Small things that most pages use come together instead of one by one.
            { name: 'controls', test: /@mantine/, minShareCount: 2 },
            {
              name: 'shared',
              test: /packages\/ui\/src\/(?:parts|time|data|connect|pages\/device\/copy-line)/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
});
