import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { isId, newId } from './uuid.ts';

test('ids made one after the other sort in that order, however many a millisecond has', () => {
  const ids = Array.from({ length: 50_000 }, newId);
  assert.ok(ids.every(isId));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids.toSorted(), ids);
});

test('an id tells when it was made', () => {
  const before = Date.now();
  const time = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
  // a crowd before it may have borrowed some milliseconds
  assert.ok(time >= before && time <= Date.now() + 50, `${time - before} ms`);
});

test('a clock that is set back brings no id before those that were made', (t) => {
  const before = newId();
  mock.timers.enable({ apis: ['Date'], now: Date.now() - 3_600_000 });
  t.after(() => mock.timers.reset());
  assert.ok(newId() > before);
});

test('only a UUIDv7 in lower case is an id', () => {
  assert.ok(isId('0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60'));
  for (const text of [
    '',
    '0193a5f0-7b1c-4d2e-8f3a-1b2c3d4e5f60',
    '0193A5F0-7B1C-7D2E-8F3A-1B2C3D4E5F60',
    '0193a5f0-7b1c-7d2e-cf3a-1b2c3d4e5f60',
    '0193a5f07b1c7d2e8f3a1b2c3d4e5f60',
    '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60\n',
  ]) {
    assert.ok(!isId(text), text);
  }
});
