import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findGaps } from './lock-gaps.mjs';

const tool = {
  version: '1.0.0',
  dev: true,
  optionalDependencies: { '@tool/linux-x64-musl': '1.0.0', '@tool/darwin-arm64': '1.0.0' },
};

test('a platform package that is promised and not listed is a gap', () => {
  assert.deepEqual(findGaps({ 'node_modules/tool': tool, 'node_modules/@tool/darwin-arm64': {} }), {
    'node_modules/@tool/linux-x64-musl': {
      version: '1.0.0',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
  });
});

test('a package may be listed inside of the one that asks for it', () => {
  const path = 'packages/ui/node_modules/tool';
  const listed = {
    [path]: tool,
    [`${path}/node_modules/@tool/linux-x64-musl`]: {},
    'packages/ui/node_modules/@tool/darwin-arm64': {},
  };
  assert.deepEqual(findGaps(listed), {});
});
