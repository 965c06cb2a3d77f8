import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corePlaceKinds } from '@muster/contract/solution';
import { kindBelow } from './kind-below.ts';

test('a place inside another one is not a site again', () => {
  assert.equal(kindBelow(null), 'site');
  assert.equal(kindBelow('site'), 'hall');
  assert.equal(kindBelow('building'), 'hall');
  assert.equal(kindBelow('hall'), 'room');
  assert.equal(kindBelow('rig'), 'room');
});

test('every proposed kind is one that the core knows', () => {
  const known = corePlaceKinds.map((kind) => kind.id);
  for (const parent of [null, ...known]) assert.ok(known.includes(kindBelow(parent)));
});
