import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bounds, partitionName, periodEnd } from './partitions.ts';

/** ms since 1970, from 1970 to 2100. */
const moment = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
const period = fc.constantFrom('day' as const, 'month' as const, 'year' as const);
const tableOf = { day: 'telemetry', month: 'telemetry_minutes', year: 'telemetry_hours' } as const;

test('a partition contains its moment, and begins where the one before it ends', () => {
  fc.assert(
    fc.property(period, moment, (period, ts) => {
      const { from, to } = bounds(period, ts);
      assert.ok(Date.parse(from) <= ts && ts < Date.parse(to), `${from} ${new Date(ts).toISOString()} ${to}`);
      assert.deepEqual(bounds(period, Date.parse(from)), { from, to });
      assert.deepEqual(bounds(period, Date.parse(to) - 1), { from, to });
      assert.equal(bounds(period, Date.parse(to)).from, to);
      if (ts > 366 * 86_400_000) assert.equal(bounds(period, Date.parse(from) - 1).to, from);
    }),
  );
});

test('moments share a name exactly when they share a partition', () => {
  fc.assert(
    fc.property(period, moment, fc.integer({ min: 0, max: 40 * 86_400_000 }), (period, ts, later) => {
      const table = tableOf[period];
      const same = bounds(period, ts).from === bounds(period, ts + later).from;
      assert.equal(partitionName(table, 7, ts) === partitionName(table, 7, ts + later), same);
    }),
  );
});

test('the name alone tells when a partition ends', () => {
  fc.assert(
    fc.property(period, moment, fc.integer({ min: 1, max: 2_000_000_000 }), (period, ts, organization) => {
      const name = partitionName(tableOf[period], organization, ts);
      assert.equal(new Date(periodEnd(period, name)).toISOString(), bounds(period, ts).to);
      assert.match(name, /^[a-z_0-9]{1,63}$/, 'a name that PostgreSQL takes without quotes and does not cut');
    }),
  );
});

test('names and bounds are of UTC, leap days and turns of the year included', () => {
  const leap = Date.UTC(2028, 1, 29, 23, 59, 59, 999);
  assert.equal(partitionName('telemetry', 3, leap), 'telemetry_o3_20280229');
  assert.equal(partitionName('telemetry_minutes', 3, leap), 'telemetry_minutes_o3_202802');
  assert.equal(partitionName('telemetry_hours', 3, leap), 'telemetry_hours_o3_2028');
  assert.deepEqual(bounds('day', leap), { from: '2028-02-29T00:00:00.000Z', to: '2028-03-01T00:00:00.000Z' });
  assert.deepEqual(bounds('month', Date.UTC(2027, 11, 31)), {
    from: '2027-12-01T00:00:00.000Z',
    to: '2028-01-01T00:00:00.000Z',
  });
  assert.deepEqual(bounds('year', Date.UTC(2027, 11, 31)), {
    from: '2027-01-01T00:00:00.000Z',
    to: '2028-01-01T00:00:00.000Z',
  });
});
