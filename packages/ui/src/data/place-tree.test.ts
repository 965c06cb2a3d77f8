import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlaceWithHealth } from '@muster/contract/places';
import { createPlaceTree, isWithin, pathOf } from './place-tree.ts';

const place = (id: string, parentId: string | null, name = id): PlaceWithHealth => ({
  id,
  parentId,
  kind: 'site',
  name,
  slug: id,
  timezone: null,
  labels: [],
  effective: { timezone: 'UTC', labels: [] },
  health: null,
  attributes: {},
  version: 1,
});

test('places stand below their parents, siblings in natural order', () => {
  const { nodes } = createPlaceTree([
    place('h', null, 'Hall'),
    place('b10', 'h', 'Bench 10'),
    place('b2', 'h', 'Bench 2'),
    place('a', null, 'Annex'),
  ]);
  assert.deepEqual(
    nodes.map((node) => [node.place.id, node.depth, pathOf(node)]),
    [
      ['a', 0, 'Annex'],
      ['h', 0, 'Hall'],
      ['b2', 1, 'Hall / Bench 2'],
      ['b10', 1, 'Hall / Bench 10'],
    ],
  );
});

test('a place whose parent is unknown stands at the top', () => {
  const tree = createPlaceTree([place('a', 'gone')]);
  assert.equal(tree.roots.length, 1);
});

test('a place is within itself and what it stands in', () => {
  const tree = createPlaceTree([place('a', null), place('b', 'a'), place('c', 'b'), place('d', null)]);
  const a = tree.find('a');
  assert.ok(a);
  assert.equal(isWithin(a, 'a'), true);
  assert.equal(isWithin(a, 'c'), true);
  assert.equal(isWithin(a, 'd'), false);
  assert.equal(tree.find(undefined), undefined);
});
