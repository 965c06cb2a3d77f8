import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dependenciesAreReady } from './dependencies.mjs';
import { standIn } from './stand-in.mjs';

const packages = {
  '': { name: 'muster' },
  'packages/ui': { name: '@muster/ui' },
  'node_modules/@muster/ui': { resolved: 'packages/ui', link: true },
  'node_modules/pg': { version: '8.0.0', integrity: 'sha512-a' },
  'node_modules/@tool/darwin-arm64': { version: '1.0.0', optional: true },
};
const installed = { 'node_modules/pg': packages['node_modules/pg'] };

test('nothing is ready without an installation', () => {
  const { root, remove } = standIn({ 'package-lock.json': { packages } });
  assert.equal(dependenciesAreReady(root), false);
  remove();
});

test('an installation made with npm install counts when it is what the lock file lists', () => {
  const { root, remove } = standIn({
    'package-lock.json': { packages },
    'node_modules/.package-lock.json': { packages: installed },
  });
  assert.equal(dependenciesAreReady(root), true);
  remove();
});

test('a lock file that has changed since asks for an installation', () => {
  const { root, write, remove } = standIn({
    'package-lock.json': { packages },
    'node_modules/.package-lock.json': { packages: installed },
  });
  assert.equal(dependenciesAreReady(root), true);
  write('package-lock.json', {
    packages: { ...packages, 'node_modules/pg': { version: '8.1.0', integrity: 'sha512-b' } },
  });
  assert.equal(dependenciesAreReady(root), false);
  remove();
});

test('the project must come with its lock file', () => {
  const { root, remove } = standIn({});
  assert.throws(() => dependenciesAreReady(root), /package-lock\.json is missing/);
  remove();
});
