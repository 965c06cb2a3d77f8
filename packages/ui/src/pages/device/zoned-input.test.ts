import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromZonedInput, toZonedInput } from './zoned-input.ts';

test('a moment goes into a field and comes back, on any clock', () => {
  const ts = Date.UTC(2026, 10, 21, 14, 6, 2);
  assert.equal(toZonedInput(ts, 'UTC'), '2026-11-21T14:06:02');
  assert.equal(toZonedInput(ts, 'Europe/Warsaw'), '2026-11-21T15:06:02');
  for (const zone of ['UTC', 'Europe/Warsaw', 'Asia/Kolkata', 'America/New_York']) {
    assert.equal(fromZonedInput(toZonedInput(ts, zone), zone), ts);
  }
});

test('seconds may be left out, nonsense is nothing', () => {
  assert.equal(fromZonedInput('2026-11-21T14:06', 'UTC'), Date.UTC(2026, 10, 21, 14, 6));
  assert.equal(fromZonedInput('', 'UTC'), null);
  assert.equal(fromZonedInput('soon', 'UTC'), null);
});
