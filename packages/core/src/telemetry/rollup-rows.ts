import { COPY_HEADER, COPY_TRAILER, FLOAT8_OID, INT4_OID, POSTGRES_EPOCH_MS, writeInt64 } from '../platform/db/copy.ts';
import { BUCKET_FIELDS, type Bucket, MINUTE_MS } from './channel.ts';

export const COPY_MINUTES =
  'copy telemetry_minutes (bucket, last_ts, checkpoint, organization, device, layout, counts, minimum, maximum, total, last, bad) from stdin (format binary)';

export interface BucketRow {
  organization: number;
  device: number;
  layout: number;
  bucket: Bucket;
}

const COLUMNS = 12;
/** Bytes of a row but for the elements of its arrays: column count, column lengths, three 64-bit and three 32-bit fields, six array heads. */
const ROW_BYTES = 2 + COLUMNS * 4 + 3 * 8 + 3 * 4 + 6 * 20;
/** Two arrays of int4 and four of float8, each element with its length. */
const METRIC_BYTES = 2 * 8 + 4 * 12;

const COUNT = 0;
const BAD = 5;

/** Buckets as the bytes of one binary COPY: numbers that nobody has to print and to read again. */
export function encodeMinutes(rows: readonly BucketRow[], checkpoint: number): Buffer {
  const metrics = rows.reduce((sum, { bucket }) => sum + bucket.values.length / BUCKET_FIELDS, 0);
  const size = COPY_HEADER.length + rows.length * ROW_BYTES + metrics * METRIC_BYTES + COPY_TRAILER.length;
  const bytes = Buffer.allocUnsafeSlow(size);
  const view = new DataView(bytes.buffer);
  let at = COPY_HEADER.copy(bytes);

  const int4 = (value: number) => {
    view.setInt32(at, 4);
    view.setInt32(at + 4, value);
    at += 8;
  };
  const int8 = (value: number) => {
    view.setInt32(at, 8);
    writeInt64(view, at + 4, value);
    at += 12;
  };
  const time = (ms: number) => int8((ms - POSTGRES_EPOCH_MS) * 1000);

  /** One field of every metric; a metric without a good value has null where `nullable`. */
  const array = (values: Float64Array, field: number, nullable: boolean) => {
    const lengthAt = at;
    const width = field === COUNT || field === BAD ? 4 : 8;
    view.setInt32(at + 4, 1);
    view.setInt32(at + 12, width === 4 ? INT4_OID : FLOAT8_OID);
    view.setInt32(at + 16, values.length / BUCKET_FIELDS);
    view.setInt32(at + 20, 1);
    at += 24;
    let hasNulls = 0;
    for (let metric = 0; metric < values.length; metric += BUCKET_FIELDS) {
      if (nullable && values[metric + COUNT] === 0) {
        hasNulls = 1;
        view.setInt32(at, -1);
        at += 4;
        continue;
      }
      const value = values[metric + field] as number;
      view.setInt32(at, width);
      if (width === 4) view.setInt32(at + 4, value);
      else view.setFloat64(at + 4, value);
      at += 4 + width;
    }
    view.setInt32(lengthAt + 8, hasNulls);
    view.setInt32(lengthAt, at - lengthAt - 4);
  };

  for (const { organization, device, layout, bucket } of rows) {
    const { minute, lastTs, values } = bucket;
    view.setInt16(at, COLUMNS);
    at += 2;
    time(minute * MINUTE_MS);
    time(lastTs);
    int8(checkpoint);
    int4(organization);
    int4(device);
    int4(layout);
    array(values, COUNT, false);
    for (let field = COUNT + 1; field < BAD; field++) array(values, field, true);
    if (hasBad(values)) array(values, BAD, false);
    else {
      view.setInt32(at, -1);
      at += 4;
    }
  }
  at += COPY_TRAILER.copy(bytes, at);
  return bytes.subarray(0, at);
}

function hasBad(values: Float64Array): boolean {
  for (let at = BAD; at < values.length; at += BUCKET_FIELDS) if (values[at] !== 0) return true;
  return false;
}
