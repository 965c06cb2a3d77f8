const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Ranges that follow the present, shortest first, in ms. */
export const presets = {
  '1m': minute,
  '15m': 15 * minute,
  '1h': hour,
  '24h': day,
  '7d': 7 * day,
  '30d': 30 * day,
  '1y': 365 * day,
} as const;

export type Preset = keyof typeof presets;
export const presetNames = Object.keys(presets) as Preset[];

/** Is this the name of a preset? */
export const isPreset = (name: unknown): name is Preset => typeof name === 'string' && Object.hasOwn(presets, name);

/** A fixed stretch of time, ms since 1970. */
export interface FixedRange {
  from: number;
  to: number;
}

/** Either follows the present over a span, or stands still. */
export type Range = Preset | FixedRange;

/** The stretch a range means at a moment. */
export const windowOf = (range: Range, now: number): FixedRange =>
  typeof range === 'string' ? { from: now - presets[range], to: now } : range;

/** The shortest stretch that can be zoomed into, ms. */
const SHORTEST_RANGE = 1000;
const LONGEST_RANGE = 10 * presets['1y'];

/** A stretch that is long enough, not endless, and ends at the present at the latest. */
export const clampRange = (range: FixedRange, now: number): FixedRange => {
  const span = Math.min(LONGEST_RANGE, Math.max(SHORTEST_RANGE, range.to - range.from));
  const middle = (range.from + range.to) / 2;
  const to = Math.min(now, Math.round(middle + span / 2));
  return { from: to - Math.round(span), to };
};

/** The same middle, `factor` times as long: below 1 zooms in, above 1 out. */
export const zoom = (range: FixedRange, factor: number, now: number): FixedRange => {
  const middle = (range.from + range.to) / 2;
  const half = ((range.to - range.from) / 2) * factor;
  return clampRange({ from: middle - half, to: middle + half }, now);
};

/** The same length, moved by a part of it: -0.5 goes half of it into the past. */
export const shift = (range: FixedRange, part: number, now: number): FixedRange => {
  const by = (range.to - range.from) * part;
  return clampRange({ from: range.from + by, to: range.to + by }, now);
};

/** The next longer (1) or shorter (-1) preset; a fixed stretch counts as the preset nearest to its length. */
export const stepPreset = (range: Range, by: 1 | -1, now: number): Preset => {
  const { from, to } = windowOf(range, now);
  const away = (name: Preset) => Math.abs(Math.log(presets[name] / (to - from)));
  const here = presetNames.reduce((best, name) => (away(name) < away(best) ? name : best), '15m' as Preset);
  const index = Math.max(0, Math.min(presetNames.length - 1, presetNames.indexOf(here) + by));
  return presetNames[index] ?? here;
};
