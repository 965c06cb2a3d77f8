const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14].map((n) => n * day),
];
const monthSteps = [1, 2, 3, 6, 12];

const fields = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a zone are ahead of UTC at a moment, ms. `zone` is an IANA name. */
export const zoneOffset = (ts: number, zone: string): number => {
  if (zone === 'UTC') return 0;
  let format = fields.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    fields.set(zone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ts)) part[type] = Number(value);
  const { year = 0, month = 1, day: date = 1, hour: hours = 0, minute: minutes = 0, second: seconds = 0 } = part;
  return Date.UTC(year, month - 1, date, hours, minutes, seconds) - Math.floor(ts / second) * second;
};

const toUtc = (local: number, zone: string): number => {
  const guess = local - zoneOffset(local, zone);
  return local - zoneOffset(guess, zone);
};

export interface TimeTicks {
  /** Moments in ms, at round times of the zone. */
  ticks: number[];
  /** Time between two of them in ms; months count as 30 days. */
  step: number;
}

/** About `wanted` round moments of a zone between two moments. */
export const timeTicks = (from: number, to: number, wanted: number, zone: string): TimeTicks => {
  const atLeast = (to - from) / Math.max(1, wanted);
  const step = steps.find((candidate) => candidate >= atLeast);
  if (step === undefined) return monthTicks(from, to, atLeast, zone);
  const ticks: number[] = [];
  // 1970 began on a Thursday, weeks begin on Monday.
  const shift = step % (7 * day) === 0 ? 4 * day : 0;
  const start = Math.ceil((from + zoneOffset(from, zone) - shift) / step) * step + shift;
  for (let local = start; ; local += step) {
    const ts = toUtc(local, zone);
    if (ts > to) return { ticks, step };
    if (ts >= from && ts !== ticks.at(-1)) ticks.push(ts);
  }
};

const monthTicks = (from: number, to: number, atLeast: number, zone: string): TimeTicks => {
  const months = monthSteps.find((candidate) => candidate * 30 * day >= atLeast) ?? 12;
  const first = new Date(from + zoneOffset(from, zone));
  const ticks: number[] = [];
  const index = first.getUTCFullYear() * 12 + first.getUTCMonth();
  for (let month = Math.floor(index / months) * months; ; month += months) {
    const ts = toUtc(Date.UTC(Math.floor(month / 12), month % 12), zone);
    if (ts > to) return { ticks, step: months * 30 * day };
    if (ts >= from) ticks.push(ts);
  }
};

const labels = new Map<string, Intl.DateTimeFormat>();
const label = (ts: number, language: string, zone: string, options: Intl.DateTimeFormatOptions): string => {
  const key = `${language} ${zone} ${Object.keys(options).join()}`;
  let format = labels.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, { ...options, timeZone: zone, hourCycle: 'h23' });
    labels.set(key, format);
  }
  return format.format(ts);
};

/** What stands under a tick: seconds only where they differ, the date at midnight, the year in January. */
export const tickLabel = (ts: number, step: number, language: string, zone: string): string => {
  const local = ts + zoneOffset(ts, zone);
  if (step >= 28 * day) {
    return local % day === 0 && new Date(local).getUTCMonth() === 0
      ? label(ts, language, zone, { year: 'numeric' })
      : label(ts, language, zone, { month: 'short' });
  }
  if (step >= day || local % day === 0) return label(ts, language, zone, { day: 'numeric', month: 'short' });
  if (step >= minute) return label(ts, language, zone, { hour: '2-digit', minute: '2-digit' });
  return label(ts, language, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
};
