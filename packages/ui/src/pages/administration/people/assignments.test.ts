import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignmentsOf, newRow, rowsOf } from './assignments.ts';

const held = [
  { role: 'owner', placeId: null, deviceId: null },
  { role: 'operator', placeId: 'p1', deviceId: null },
  { role: 'viewer', placeId: null, deviceId: 'bench-5' },
];

test('what somebody holds becomes rows and back', () => {
  assert.deepEqual(
    rowsOf(held).map(({ where }) => where),
    ['everywhere', 'place', 'device'],
  );
  assert.deepEqual(assignmentsOf(rowsOf(held)), held);
});

test('a row without a role, a place or a device is not ready', () => {
  assert.equal(assignmentsOf([newRow()]), null);
  assert.equal(assignmentsOf([{ ...newRow('viewer'), where: 'place' }]), null);
  assert.equal(assignmentsOf([{ ...newRow('viewer'), where: 'device', placeId: 'p1' }]), null);
});

test('what was chosen before the kind of place changed is not sent', () => {
  assert.deepEqual(assignmentsOf([{ ...newRow('viewer'), placeId: 'p1', deviceId: 'bench-5' }]), [
    { role: 'viewer', placeId: null, deviceId: null },
  ]);
});
