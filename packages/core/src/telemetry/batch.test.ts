import assert from 'node:assert/strict';
import { finished } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { type OutsidePostgres, startOutsidePostgres } from '@muster/testkit/outside';
import fc from 'fast-check';
import { from as copyFrom } from 'pg-copy-streams';
import { migrate } from '../platform/db/migrate.ts';
import { connectAlone } from '../platform/db/pool.ts';
import {
  type Batch,
  bytesOfRows,
  COPY_TELEMETRY,
  closeRow,
  createBatch,
  finishedBytes,
  openRow,
  reserve,
} from './batch.ts';
import type { Layout } from './layouts.ts';

/** 2026-11-21 */
const DAY = Date.UTC(2026, 10, 21);
const RECEIVED = (DAY + 50_000_000) * 1000 + 123;

let postgres: OutsidePostgres;
let client: Awaited<ReturnType<typeof connectAlone>>;

before(async () => {
  postgres = await startOutsidePostgres();
  client = await connectAlone({ connection: await postgres.freshDatabase() }, 'owner');
  await migrate(client);
  await client.query(`create table telemetry_all partition of telemetry default`);
});
after(async () => {
  await client.end();
  await postgres.stop();
});

interface Row {
  ts: number;
  seq: number | undefined;
  device: number;
  organization: number;
  boot: number | undefined;
  values: (number | null)[];
  other: Record<string, unknown> | null;
  quality: number[] | null;
}

function write(batch: Batch, row: Row, layoutId: number): void {
  const metrics = row.values.length;
  const layout = { id: layoutId, metrics: row.values.map((_, index) => `m${index}`) } as unknown as Layout;
  const other = row.other === null ? null : Buffer.from(JSON.stringify(row.other));
  reserve(batch, metrics, metrics * 6 + (other?.length ?? 0));
  const hasNulls = row.values.includes(null);
  const offset = openRow(batch, row.device, row.organization, layout, row.ts, row.seq, row.boot, hasNulls);
  let at = offset;
  for (const value of row.values) {
    if (value === null) {
      batch.view.setInt32(at, -1);
      at += 4;
    } else {
      batch.view.setInt32(at, 8);
      batch.view.setFloat64(at + 4, value);
      at += 12;
    }
  }
  closeRow(batch, offset, at, metrics, other, row.quality === null ? null : Uint8Array.from(row.quality));
}

/** What PostgreSQL has after it copied these bytes. */
async function stored(bytes: Buffer): Promise<Record<string, unknown>[]> {
  await client.query('truncate telemetry');
  const stream = client.query(copyFrom(COPY_TELEMETRY));
  stream.end(bytes);
  await finished(stream);
  const { rows } = await client.query(
    `select (extract(epoch from ts) * 1000)::float8 as ts, (extract(epoch from received) * 1000000)::bigint as received,
       seq, device, organization, layout, boot, "values", other, quality, array_ndims("values") as dimensions
     from telemetry order by layout`,
  );
  return rows;
}

const expected = (row: Row, layout: number) => ({
  ts: row.ts,
  received: RECEIVED,
  seq: row.seq ?? null,
  device: row.device,
  organization: row.organization,
  layout,
  boot: row.boot ?? null,
  values: row.values,
  other: row.other,
  quality: row.quality,
  dimensions: row.values.length === 0 ? null : 1,
});

const int4 = fc.integer({ min: 0, max: 2_147_483_647 });
const value = fc.option(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  { freq: 4 },
);
const metric = fc.tuple(value, fc.constantFrom(0, 1, 2));
const row: fc.Arbitrary<Row> = fc
  .record({
    // around 1970, 2000 (PostgreSQL's own zero) and now
    ts: fc.oneof(
      fc.integer({ min: DAY, max: DAY + 86_399_999 }),
      fc.integer({ min: 946_684_799_000, max: 946_684_801_000 }),
      fc.integer({ min: 0, max: 2000 }),
    ),
    seq: fc.option(fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER)), {
      nil: undefined,
    }),
    device: int4,
    organization: int4,
    boot: fc.option(int4, { nil: undefined }),
    metrics: fc.array(metric, { maxLength: 12 }),
    graded: fc.boolean(),
    other: fc.option(
      fc.dictionary(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((name) => !name.includes('\0')),
        fc.oneof(
          fc.boolean(),
          fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        ),
        { minKeys: 1, maxKeys: 4, noNullPrototype: true },
      ),
    ),
  })
  .map(({ metrics, graded, ...rest }) => ({
    ...rest,
    values: metrics.map(([value]) => value),
    quality: graded && metrics.length > 0 ? metrics.map(([, code]) => code) : null,
  }));

test('rows come out of PostgreSQL as they were written into the COPY bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
      // smaller than one row: the buffer must grow while rows are in it
      const batch = createBatch(RECEIVED, 0, Buffer.allocUnsafeSlow(64));
      for (const [index, one] of rows.entries()) write(batch, one, index);
      assert.equal(batch.rows, rows.length);
      assert.deepEqual(await stored(finishedBytes(batch)), rows.map(expected));
    }),
    { numRuns: 60 },
  );
});

test('any part of a batch can be written by itself, to find the row that the store refuses', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      fc.infiniteStream(fc.boolean()),
      async (rows, coin) => {
        const batch = createBatch(RECEIVED, 0, Buffer.allocUnsafeSlow(64));
        for (const [index, one] of rows.entries()) write(batch, one, index);
        const some = rows.map((_, index) => index).filter(() => coin.next().value);
        const wanted = some.map((index) => expected(rows[index] as Row, index));
        assert.deepEqual(await stored(bytesOfRows(batch, some)), wanted);
        assert.equal((await stored(finishedBytes(batch))).length, rows.length, 'and the whole is still whole');
      },
    ),
    { numRuns: 20 },
  );
});

test('an empty batch is nothing', async () => {
  assert.deepEqual(await stored(finishedBytes(createBatch(RECEIVED, 0, Buffer.allocUnsafeSlow(64)))), []);
});
