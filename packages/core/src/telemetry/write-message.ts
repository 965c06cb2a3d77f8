import { type Batch, closeRow, openRow, reserve } from './batch.ts';
import { BAD, type Boot, type Channel, GOOD, type LayoutState, UNCERTAIN } from './channel.ts';
import { FUTURE_TOLERANCE_MS, qualityCode, type RawMessage } from './check.ts';
import type { Layout } from './layouts.ts';

/**
 * Writes a checked message into the batch, whose lock-step lists then hold it too.
 *
 * @param ts ms since 1970; `arrival` likewise
 * @param fast its values are exactly the layout's metrics, in that order, all finite numbers
 */
export function writeMessage(
  batch: Batch,
  channel: Channel,
  state: LayoutState,
  values: Record<string, unknown>,
  message: RawMessage,
  ts: number,
  arrival: number,
  boot: Boot | undefined,
  fast: boolean,
): void {
  const { layout } = state;
  const metrics = layout.metrics.length;
  const other = fast ? null : collectOther(layout, values, message.quality);
  const otherBytes = other === null ? null : Buffer.from(JSON.stringify(other));
  reserve(batch, metrics, metrics * 6 + (otherBytes?.length ?? 0));
  const quality = gradeValues(layout, values, message.quality, ts - arrival > FUTURE_TOLERANCE_MS, fast);
  const hasNulls = !fast && layout.metrics.some((name) => typeof values[name] !== 'number');
  const seq = message.seq as number | undefined;
  const offset = openRow(batch, channel.number, channel.organization.number, layout, ts, seq, boot?.id, hasNulls);
  const { view } = batch;
  let at = offset;
  if (fast) {
    for (const name in values) {
      view.setInt32(at, 8);
      view.setFloat64(at + 4, values[name] as number);
      at += 12;
    }
  } else {
    for (const name of layout.metrics) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (typeof value === 'number') {
        view.setInt32(at, 8);
        view.setFloat64(at + 4, value);
        at += 12;
      } else {
        view.setInt32(at, -1);
        at += 4;
      }
    }
  }
  closeRow(batch, offset, at, metrics, otherBytes, quality);
  batch.channels.push(channel);
  batch.layouts.push(layout);
  batch.times.push(ts);
  batch.arrivals.push(arrival);
  batch.sequences.push(seq);
  batch.boots.push(boot);
  batch.qualities.push(quality);
  batch.others.push(other);
}

/** Quality per metric of the layout: what the device says, and worse where the value is out of range or the clock is wrong. */
function gradeValues(
  layout: Layout,
  values: Record<string, unknown>,
  said: unknown,
  clockAhead: boolean,
  fast: boolean,
): Uint8Array | null {
  const { metrics, low, high } = layout;
  let graded: Uint8Array | null = null;
  for (let index = 0; index < metrics.length; index++) {
    const name = metrics[index] as string;
    const value = values[name];
    let code = GOOD;
    if (said !== undefined) code = qualityCode((said as Record<string, unknown>)[name]) ?? GOOD;
    if (clockAhead && code < UNCERTAIN) code = UNCERTAIN;
    if (
      (fast || typeof value === 'number') &&
      ((value as number) < (low[index] as number) || (value as number) > (high[index] as number))
    ) {
      code = BAD;
    }
    if (code === GOOD) continue;
    graded ??= new Uint8Array(metrics.length);
    graded[index] = code;
  }
  return graded;
}

/** Booleans and texts, with their qualities under `$quality` where one is not good. */
function collectOther(layout: Layout, values: Record<string, unknown>, said: unknown): Record<string, unknown> | null {
  let other: Record<string, unknown> | null = null;
  let qualities: Record<string, number> | undefined;
  for (const name in values) {
    const value = values[name];
    if (typeof value === 'number' && layout.index.has(name)) continue;
    other ??= {};
    other[name] = value;
    const code = said === undefined ? GOOD : (qualityCode((said as Record<string, unknown>)[name]) ?? GOOD);
    if (code !== GOOD) {
      qualities ??= {};
      qualities[name] = code;
    }
  }
  if (other && qualities) other.$quality = qualities;
  return other;
}
