import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge, formatTime } from './format.ts';

const ts = Date.parse('2026-11-21T13:03:10.430Z');

test('a moment is shown on the clock of its zone', () => {
  assert.equal(formatTime(ts, { language: 'en', zone: 'UTC' }), '13:03:10');
  assert.equal(formatTime(ts, { language: 'pl', zone: 'Europe/Warsaw' }), '14:03:10');
  assert.equal(formatTime(ts, { language: 'pl', zone: 'Europe/Warsaw', style: 'minute' }), '14:03');
  assert.match(formatTime(ts, { language: 'en', zone: 'UTC', style: 'exact' }), /2026.*13:03:10\.430.*UTC/);
});

test('the date stands beside a moment of another day only', () => {
  const options = { language: 'en', zone: 'UTC', style: 'moment' } as const;
  assert.equal(formatTime(ts, { ...options, now: ts + 3_600_000 }), '13:03:10');
  assert.equal(formatTime(ts, { ...options, now: ts + 86_400_000 }), 'Nov 21, 13:03:10');
});

test('an age is said in its largest unit, rounded down', () => {
  const ages = [-5, 900, 59_999, 60_000, 7_199_000, 172_800_000].map((ms) => formatAge(ms, 'en'));
  assert.deepEqual(ages, ['0s', '0s', '59s', '1m', '1h', '2 days']);
  assert.equal(formatAge(172_800_000, 'pl'), '2 dni');
});
