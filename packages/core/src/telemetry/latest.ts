import type { LatestValue } from '@muster/contract/telemetry';
import { type Channel, LATEST_FIELDS, type OtherValue } from './channel.ts';
import { qualityWord } from './check.ts';

/** Three times the usual interval without news makes a value stale (industrial practice; OPC UA's `UncertainLastUsableValue`). */
const STALE_INTERVALS = 3;

/** The newest value of every metric of a device, whatever message brought it. */
export function newestValues(channel: Channel): Map<string, OtherValue> {
  const newest = new Map(channel.otherLatest);
  for (const state of channel.layouts) {
    for (const [index, name] of state.layout.metrics.entries()) {
      const at = index * LATEST_FIELDS;
      const value = state.latest[at] as number;
      const order = state.latest[at + 2] as number;
      const before = newest.get(name);
      if (Number.isNaN(value) || (before && order < before.order)) continue;
      newest.set(name, { value, ts: state.latest[at + 1] as number, order, quality: state.quality[index] as number });
    }
  }
  return newest;
}

/** The same as the API answers it: a value of good or uncertain quality that grew old is stale. */
export function latestView(channel: Channel, now: number): Record<string, LatestValue> {
  const staleBefore = now - STALE_INTERVALS * channel.type.intervalMs;
  const values: Record<string, LatestValue> = {};
  for (const [name, { value, ts, order, quality }] of newestValues(channel)) {
    const word = qualityWord(quality);
    const status = word !== 'bad' && order < staleBefore ? 'stale' : word;
    values[name] = { value, ts: new Date(ts).toISOString(), status };
  }
  return values;
}
