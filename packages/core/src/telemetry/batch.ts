import { COPY_HEADER, COPY_TRAILER, FLOAT8_OID, INT2_OID, POSTGRES_EPOCH_MS, writeInt64 } from '../platform/db/copy.ts';
import type { Boot, Channel } from './channel.ts';
import type { Layout } from './layouts.ts';

/** Bytes of a row before its values: ten field lengths and the fixed fields. */
const FIXED_BYTES = 140;

export const COPY_TELEMETRY =
  'copy telemetry (ts, received, seq, device, organization, layout, boot, "values", other, quality) from stdin (format binary)';

/** What became of a message that waited: stored, or refused by the store itself. */
export type Acknowledge = () => void;

/**
 * Messages that are committed together. Values are written straight into the COPY buffer and read from there again after
 * the commit: no object is made per message.
 */
export interface Batch {
  buffer: Buffer;
  view: DataView;
  end: number;
  /** Stamp of all its rows, unique to the batch: microseconds since 1970. */
  received: number;
  rows: number;
  channels: Channel[];
  layouts: Layout[];
  /** Where a row begins, and where the elements of its values begin. */
  starts: number[];
  offsets: number[];
  /** Times of the messages, ms. */
  times: number[];
  /** Times of arrival, ms. */
  arrivals: number[];
  sequences: (number | undefined)[];
  boots: (Boot | undefined)[];
  /** Quality per metric; null: all good. */
  qualities: (Uint8Array | null)[];
  /** Booleans and texts; null: none. */
  others: (Record<string, unknown> | null)[];
  waiting: Acknowledge[];
  committed: boolean;
  openedAt: number;
  /** Rows refused by the store, by index. */
  refused: Set<number> | undefined;
}

/** Bytes of a fresh batch; it doubles when it must. */
const INITIAL_BYTES = 256 * 1024;
/** A buffer that had to grow beyond this is not kept for the next batch. */
const SPARE_BYTES = 4 * INITIAL_BYTES;
const SPARES = 8;

export interface SpareBuffers {
  take(): Buffer;
  give(batch: Batch): void;
}

/**
 * Buffers of batches that are done, for those to come: some hundreds of fresh ones a second would keep the garbage collector
 * at work, which counts memory outside of its heap.
 */
export function createSpareBuffers(): SpareBuffers {
  const buffers: Buffer[] = [];
  return {
    take: () => buffers.pop() ?? Buffer.allocUnsafeSlow(INITIAL_BYTES),
    give({ buffer }) {
      if (buffers.length < SPARES && buffer.length <= SPARE_BYTES) buffers.push(buffer);
    },
  };
}

/** @param buffer with room for the header at least; it has all of its memory to itself */
export function createBatch(received: number, openedAt: number, buffer: Buffer): Batch {
  COPY_HEADER.copy(buffer);
  return {
    buffer,
    view: new DataView(buffer.buffer),
    end: COPY_HEADER.length,
    received,
    rows: 0,
    channels: [],
    layouts: [],
    starts: [],
    offsets: [],
    times: [],
    arrivals: [],
    sequences: [],
    boots: [],
    qualities: [],
    others: [],
    waiting: [],
    committed: false,
    openedAt,
    refused: undefined,
  };
}

/** Makes room for a row of `metrics` values and `extra` bytes of text. Call before writing a row. */
export function reserve(batch: Batch, metrics: number, extra: number): void {
  const needed = batch.end + FIXED_BYTES + metrics * 14 + extra;
  if (needed <= batch.buffer.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, batch.buffer.length * 2));
  batch.buffer.copy(larger, 0, 0, batch.end);
  batch.buffer = larger;
  batch.view = new DataView(larger.buffer);
}

/**
 * Writes the fields before the values and answers the offset of the first value's length word. Each value is then an int32 of 8
 * and a float64, or an int32 of -1 for a null; `closeRow` ends the row.
 * @param ts ms since 1970
 */
export function openRow(
  batch: Batch,
  device: number,
  organization: number,
  layout: Layout,
  ts: number,
  seq: number | undefined,
  boot: number | undefined,
  hasNulls: boolean,
): number {
  const { view } = batch;
  const metrics = layout.metrics.length;
  let at = batch.end;
  view.setInt16(at, 10);
  view.setInt32(at + 2, 8);
  writeInt64(view, at + 6, (ts - POSTGRES_EPOCH_MS) * 1000);
  view.setInt32(at + 14, 8);
  writeInt64(view, at + 18, batch.received - POSTGRES_EPOCH_MS * 1000);
  at += 26;
  if (seq === undefined) {
    view.setInt32(at, -1);
    at += 4;
  } else {
    view.setInt32(at, 8);
    writeInt64(view, at + 4, seq);
    at += 12;
  }
  view.setInt32(at, 4);
  view.setInt32(at + 4, device);
  view.setInt32(at + 8, 4);
  view.setInt32(at + 12, organization);
  view.setInt32(at + 16, 4);
  view.setInt32(at + 20, layout.id);
  at += 24;
  if (boot === undefined) {
    view.setInt32(at, -1);
    at += 4;
  } else {
    view.setInt32(at, 4);
    view.setInt32(at + 4, boot);
    at += 8;
  }
  // the length of the array is filled in by closeRow
  view.setInt32(at + 4, metrics === 0 ? 0 : 1);
  view.setInt32(at + 8, hasNulls ? 1 : 0);
  view.setInt32(at + 12, FLOAT8_OID);
  if (metrics === 0) return at + 16;
  view.setInt32(at + 16, metrics);
  view.setInt32(at + 20, 1);
  return at + 24;
}

/** Ends a row whose values end at `at`. */
export function closeRow(
  batch: Batch,
  offset: number,
  at: number,
  metrics: number,
  other: Buffer | null,
  quality: Uint8Array | null,
): void {
  const { view } = batch;
  const arrayHead = metrics === 0 ? 16 : 24;
  const lengthAt = offset - arrayHead;
  view.setInt32(lengthAt, at - lengthAt - 4);
  let end = at;
  if (other === null) {
    view.setInt32(end, -1);
    end += 4;
  } else {
    view.setInt32(end, other.length + 1);
    view.setUint8(end + 4, 1); // version of jsonb's binary form
    other.copy(batch.buffer, end + 5);
    end += 5 + other.length;
  }
  if (quality === null) {
    view.setInt32(end, -1);
    end += 4;
  } else {
    end = writeQuality(view, end, quality);
  }
  batch.starts.push(batch.end);
  batch.offsets.push(offset);
  batch.end = end;
  batch.rows++;
}

/** The bytes to send: header, rows and the trailer. */
export function finishedBytes(batch: Batch): Buffer {
  reserve(batch, 0, 0);
  batch.view.setInt16(batch.end, -1);
  return batch.buffer.subarray(0, batch.end + 2);
}

/** The same for some of the rows only: how a batch is taken apart to find the row that the store refuses. */
export function bytesOfRows(batch: Batch, rows: number[]): Buffer {
  const pieces = rows.map((row) => batch.buffer.subarray(batch.starts[row], batch.starts[row + 1] ?? batch.end));
  return Buffer.concat([COPY_HEADER, ...pieces, COPY_TRAILER]);
}

function writeQuality(view: DataView, at: number, quality: Uint8Array): number {
  view.setInt32(at, 20 + quality.length * 6);
  view.setInt32(at + 4, 1);
  view.setInt32(at + 8, 0);
  view.setInt32(at + 12, INT2_OID);
  view.setInt32(at + 16, quality.length);
  view.setInt32(at + 20, 1);
  let end = at + 24;
  for (const value of quality) {
    view.setInt32(end, 2);
    view.setInt16(end + 4, value);
    end += 6;
  }
  return end;
}
