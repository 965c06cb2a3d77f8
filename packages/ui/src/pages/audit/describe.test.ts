import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry } from '@muster/contract/audit';
import { actionOf, changesOf, namesOf, objectOf } from './describe.ts';

test('of a change only the fields that differ are shown, by the way to them', () => {
  const before = { name: 'Hall 1', retention: { rawDays: 90, minuteDays: 400 }, labels: ['a'], gone: 1 };
  const after = { name: 'Hall 1', retention: { rawDays: 7, minuteDays: 400 }, labels: ['a', 'b'], made: null };
  assert.deepEqual(changesOf({ before, after }), {
    compares: true,
    changes: [
      { name: 'retention.rawDays', before: '90', after: '7' },
      { name: 'labels', before: '["a"]', after: '["a","b"]' },
      { name: 'gone', before: '1', after: undefined },
      { name: 'made', before: undefined, after: 'null' },
    ],
  });
});

test('what compares nothing is listed as it is', () => {
  assert.deepEqual(changesOf({ session: 's', ok: true }), {
    compares: false,
    changes: [
      { name: 'session', before: undefined, after: 's' },
      { name: 'ok', before: undefined, after: 'true' },
    ],
  });
  assert.deepEqual(changesOf({}).changes, []);
  assert.deepEqual(changesOf(null).changes, []);
});

test('an object is called by the name that the entry knows', () => {
  const entry = (object: string, details: unknown) =>
    objectOf({ object, details, actor: { kind: 'user', id: 'u1', name: 'ann' } } as AuditEntry);
  assert.deepEqual(entry('place:1', { after: { name: 'Hall' } }), { kind: 'place', name: 'Hall' });
  assert.deepEqual(entry('place:1', { before: { name: 'Hall' } }), { kind: 'place', name: 'Hall' });
  assert.deepEqual(entry('user:u2', { after: { name: '', username: 'bob' } }), { kind: 'user', name: 'bob' });
  assert.deepEqual(entry('user:u1', { session: 's' }), { kind: 'user', name: 'ann' });
  assert.deepEqual(entry('device:bench-5', {}), { kind: 'device', name: 'bench-5' });
  assert.deepEqual(entry('GET /audit', {}), { kind: null, name: 'GET /audit' });
});

test('enabling and disabling somebody have words of their own', () => {
  const entry = (before: object, after: object) =>
    actionOf({ action: 'user.updated', details: { before, after } } as AuditEntry);
  assert.equal(entry({ status: 'active' }, { status: 'disabled' }), 'user.disabled');
  assert.equal(entry({ status: 'disabled' }, { status: 'active' }), 'user.enabled');
  assert.equal(entry({ status: 'active', name: 'a' }, { status: 'active', name: 'b' }), 'user.updated');
  assert.equal(actionOf({ action: 'user.updated', details: {} } as AuditEntry), 'user.updated');
});

test('people are called by the names that other entries know', () => {
  const ann = { kind: 'user', id: 'u1', name: 'ann' };
  const entries = [
    { object: 'user:u2', details: { session: 's' }, actor: ann },
    { object: 'user:u2', details: { after: { username: 'bob' } }, actor: ann },
  ] as AuditEntry[];
  assert.deepEqual(
    [...namesOf(entries)],
    [
      ['u1', 'ann'],
      ['u2', 'bob'],
    ],
  );
});
