import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tickLabel, timeTicks, zoneOffset } from './time-ticks.ts';

const at = (text: string) => Date.parse(text);

test('ticks stand at round times', () => {
  const { ticks, step } = timeTicks(at('2026-11-21T13:52:20Z'), at('2026-11-21T14:07:20Z'), 6, 'UTC');
  assert.equal(step, 5 * 60_000);
  assert.deepEqual(
    ticks.map((ts) => tickLabel(ts, step, 'en-GB', 'UTC')),
    ['13:55', '14:00', '14:05'],
  );
});

test('days begin at midnight of the zone, across a change of the clocks', () => {
  const { ticks } = timeTicks(at('2026-10-23T00:00:00Z'), at('2026-10-27T12:00:00Z'), 5, 'Europe/Warsaw');
  assert.deepEqual(
    ticks.map((ts) => new Date(ts).toISOString()),
    ['2026-10-23T22:00:00.000Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z'],
  );
});

test('the hour that the clocks repeat makes no tick twice and none out of order', () => {
  const { ticks } = timeTicks(at('2026-10-24T22:00:00Z'), at('2026-10-25T05:00:00Z'), 12, 'Europe/Warsaw');
  for (let i = 1; i < ticks.length; i++) assert.ok((ticks[i] ?? 0) > (ticks[i - 1] ?? 0));
});

test('a year is divided by months and names the year in January', () => {
  const { ticks, step } = timeTicks(at('2026-02-10T00:00:00Z'), at('2027-02-10T00:00:00Z'), 12, 'UTC');
  const texts = ticks.map((ts) => tickLabel(ts, step, 'en-GB', 'UTC'));
  assert.equal(texts[0], 'Mar');
  assert.ok(texts.includes('2027'));
});

test('midnight shows its date among hours, seconds show where they matter', () => {
  assert.equal(tickLabel(at('2026-11-22T00:00:00Z'), 3_600_000, 'en-GB', 'UTC'), '22 Nov');
  assert.equal(tickLabel(at('2026-11-21T23:00:00Z'), 3_600_000, 'pl', 'Europe/Warsaw'), '22 lis');
  assert.equal(tickLabel(at('2026-11-21T14:00:05Z'), 5000, 'en-GB', 'UTC'), '14:00:05');
});

test('the offset of a zone follows its summer time', () => {
  assert.equal(zoneOffset(at('2026-01-10T00:00:00Z'), 'Europe/Warsaw'), 3_600_000);
  assert.equal(zoneOffset(at('2026-07-10T00:00:00Z'), 'Europe/Warsaw'), 7_200_000);
  assert.equal(zoneOffset(at('2026-07-10T00:00:00.250Z'), 'UTC'), 0);
});

test('weeks begin on Monday', () => {
  const { ticks } = timeTicks(at('2026-10-22T00:00:00Z'), at('2026-11-21T00:00:00Z'), 6, 'UTC');
  assert.ok(ticks.length > 2);
  assert.ok(ticks.every((ts) => new Date(ts).getUTCDay() === 1));
});
