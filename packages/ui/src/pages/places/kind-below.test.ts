import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindBelow } from './kind-below.ts';

const allowed = ['site', 'building', 'hall', 'room', 'floor'];

test('a place inside another one is not a site again', () => {
  assert.equal(kindBelow(null, allowed), 'site');
  assert.equal(kindBelow('site', allowed), 'hall');
  assert.equal(kindBelow('building', allowed), 'hall');
  assert.equal(kindBelow('hotel', allowed), 'floor');
  assert.equal(kindBelow('rig', allowed), 'room');
});

test('what may not stand there is not proposed', () => {
  assert.equal(kindBelow('floor', allowed), 'site');
  assert.equal(kindBelow('checkpoint', ['station']), 'station');
  assert.equal(kindBelow('site', []), 'hall');
});
