import { isPreset, type Preset, type Range } from '../../chart/range.ts';

export const tabNames = ['live', 'events', 'commands', 'access'] as const;
export type TabName = (typeof tabNames)[number];

/** View state of the Device page as its address holds it. What is absent is as at first. */
export interface DeviceSearch {
  tab?: TabName | undefined;
  /** A range that follows the present; absent together with `from` and `to`: 15 minutes. */
  range?: Preset | undefined;
  /** A fixed range, RFC 3339; both or none, and then `range` is where "back to live" leads. */
  from?: string | undefined;
  to?: string | undefined;
  /** Metrics whose line is switched off, comma-separated. */
  hidden?: string | undefined;
  /** The metric whose limits are shown. */
  metric?: string | undefined;
  /** The value axis follows the values instead of the measuring range. */
  fit?: true | undefined;
  /** The newest values as a table instead of tiles and charts. */
  view?: 'table' | undefined;
  /** Only events of this type. */
  event?: string | undefined;
}

/** Changes the address; what is undefined in `next` is taken out of it. `replace`: Back does not lead to what was before. */
export type ChangeSearch = (next: Partial<DeviceSearch>, options?: { replace?: boolean }) => void;

const DEFAULT_RANGE: Preset = '15m';

const text = (value: unknown, longest: number): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= longest ? value : undefined;

const time = (value: unknown): string | undefined => {
  const written = text(value, 40);
  if (written === undefined) return undefined;
  const ts = Date.parse(written);
  return Number.isNaN(ts) ? undefined : new Date(ts).toISOString();
};

/** Reads an address written by us or by hand: what makes no sense counts as absent. Never throws. */
export const parseDeviceSearch = (raw: Record<string, unknown>): DeviceSearch => {
  const search: DeviceSearch = {};
  const tab = tabNames.find((name) => name === raw.tab);
  if (tab && tab !== 'live') search.tab = tab;
  if (isPreset(raw.range) && raw.range !== DEFAULT_RANGE) search.range = raw.range;
  const from = time(raw.from);
  const to = time(raw.to);
  if (from && to && Date.parse(from) < Date.parse(to)) {
    search.from = from;
    search.to = to;
  }
  const hidden = text(raw.hidden, 4000);
  if (hidden) search.hidden = hidden;
  const metric = text(raw.metric, 128);
  if (metric) search.metric = metric;
  if (raw.fit === true || raw.fit === 'true') search.fit = true;
  if (raw.view === 'table') search.view = 'table';
  const event = text(raw.event, 128);
  if (event) search.event = event;
  return search;
};

/** The range that an address means. */
export const rangeOf = (search: DeviceSearch): Range =>
  search.from && search.to
    ? { from: Date.parse(search.from), to: Date.parse(search.to) }
    : (search.range ?? DEFAULT_RANGE);

/** What to change in the address to show a range. */
export const searchForRange = (range: Range): Partial<DeviceSearch> =>
  typeof range === 'string'
    ? { range: range === DEFAULT_RANGE ? undefined : range, from: undefined, to: undefined }
    : { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };

/** What to change in the address to leave a fixed range. */
export const searchForLive = (): Partial<DeviceSearch> => ({ from: undefined, to: undefined });

/** Names of the metrics that are switched off. */
export const hiddenOf = (search: DeviceSearch): ReadonlySet<string> => new Set(search.hidden?.split(',') ?? []);

/** What to change in the address to switch a metric's line on or off. */
export const searchForToggle = (search: DeviceSearch, metric: string): Partial<DeviceSearch> => {
  const hidden = new Set(hiddenOf(search));
  if (!hidden.delete(metric)) hidden.add(metric);
  return { hidden: hidden.size > 0 ? [...hidden].join(',') : undefined };
};
