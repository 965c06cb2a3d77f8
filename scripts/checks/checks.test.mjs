import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standIn } from '../lib/stand-in.mjs';
import { checkDocs } from './docs.mjs';
import { checkLock } from './lock.mjs';
import { checkWords } from './words.mjs';

test('a path of one machine is found, a path of every machine is not', async () => {
  const home = ['', 'home', 'alice', 'muster'].join('/');
  const { root, remove } = standIn({
    'a.md': `first\nsee ${home}/x`,
    'b.sh': 'cd /usr/local/share && cd ./home/alice/x && curl https://example.org/home/alice/x',
  });
  assert.deepEqual(await checkWords(root), [`a.md:2: see ${home}/x`]);
  remove();
});

test('a lock file may not name a registry', async () => {
  const { root, remove } = standIn({ 'package-lock.json': '{\n  "resolved": "https://registry.example/pg.tgz"\n}' });
  assert.equal((await checkWords(root)).length, 1);
  remove();
});

test('the documentation cites only what exists', async () => {
  const { root, remove } = standIn({
    'package.json': { scripts: { demo: '' } },
    'packages/core/src/a.ts': '',
    'README.md': [
      '`packages/core/src/a.ts:12` `packages/{core,edge}/src` `packages/*/src/*.ts` `packages/<name>/x.ts` `a/b.ts`',
      '`packages/core/src/b.ts` and `npm run demo` and npm run nothing',
      '`CHANGELOG.md`',
    ].join('\n'),
  });
  assert.deepEqual(await checkDocs(root), [
    'README.md:1: packages/edge/src does not exist',
    'README.md:2: packages/core/src/b.ts does not exist',
    'README.md:2: package.json has no script "nothing"',
    'README.md:3: CHANGELOG.md does not exist',
  ]);
  remove();
});

test('a manifest and the lock file must agree', async () => {
  const { root, remove } = standIn({
    'package.json': { dependencies: { pg: '8.0.0' } },
    'packages/ui/package.json': { devDependencies: { vite: '8.0.0' } },
    'package-lock.json': {
      packages: {
        '': { dependencies: { pg: '8.0.0' } },
        'packages/ui': { devDependencies: { vite: '7.0.0' } },
        'node_modules/pg': {},
      },
    },
  });
  assert.deepEqual(await checkLock(root), [
    'packages/ui/package.json: devDependencies differ from package-lock.json (run npm install)',
  ]);
  remove();
});
