import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from '@muster/contract/access';
import { givenBy, madeOf } from './inheritance.ts';

const role = (id: string, parents: string[], effective: string[] = []): Role => ({
  id,
  name: id,
  titles: {},
  description: '',
  descriptions: {},
  builtIn: false,
  solution: null,
  parents,
  permissions: [],
  effective,
  idleMinutes: 30,
  people: 0,
  version: 1,
});
const roles = [
  role('viewer', [], ['device:read']),
  role('a', ['viewer'], ['device:read', 'device:write']),
  role('b', ['a']),
  role('c', ['b', 'viewer']),
  role('d', []),
];

test('a permission is given by the parents that have it', () => {
  const find = (id: string) => roles.find((one) => one.id === id);
  assert.deepEqual(givenBy(['viewer', 'a', 'gone'], 'device:read', find), ['viewer', 'a']);
  assert.deepEqual(givenBy(['viewer', 'a'], 'device:write', find), ['a']);
});

test('a role is never made of what is made of it', () => {
  assert.deepEqual([...madeOf('a', roles)], ['a', 'b', 'c']);
  assert.deepEqual([...madeOf('d', roles)], ['d']);
});
