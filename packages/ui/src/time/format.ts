/** `time`: 14:03:10 · `minute`: 14:03 · `exact`: date, time with milliseconds and zone · `moment`: time, with the date unless today. */
export type TimeStyle = 'time' | 'minute' | 'moment' | 'exact';

interface TimeOptions {
  language: string;
  /** IANA name. */
  zone: string;
  style?: TimeStyle;
  /** For `moment`: what today is, ms. */
  now?: number;
}

const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };
const minute: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const second: Intl.DateTimeFormatOptions = { ...minute, second: '2-digit' };
const exact: Intl.DateTimeFormatOptions = {
  ...second,
  ...{ day: 'numeric', month: 'short', year: 'numeric', fractionalSecondDigits: 3, timeZoneName: 'short' },
};
const shapes = { minute, time: second, day, date: { day: 'numeric', month: 'short' }, exact } as const;

const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (language: string, zone: string, shape: keyof typeof shapes): Intl.DateTimeFormat => {
  const key = `${language} ${zone} ${shape}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, { ...shapes[shape], timeZone: zone });
    formats.set(key, format);
  }
  return format;
};

/** A moment (ms since 1970) as people of a language read it on the clock of a zone. */
export const formatTime = (ts: number, { language, zone, style = 'time', now = Date.now() }: TimeOptions): string => {
  if (style !== 'moment') return formatOf(language, zone, style).format(ts);
  const dayOf = (at: number) => formatOf(language, zone, 'day').format(at);
  const time = formatOf(language, zone, 'time').format(ts);
  return dayOf(ts) === dayOf(now) ? time : `${formatOf(language, zone, 'date').format(ts)}, ${time}`;
};

const ages = new Map<string, Intl.NumberFormat>();
const ageFormat = (language: string, unit: string): Intl.NumberFormat => {
  const key = `${language} ${unit}`;
  let format = ages.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay: unit === 'day' ? 'short' : 'narrow',
      maximumFractionDigits: 0,
    });
    ages.set(key, format);
  }
  return format;
};

const steps = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [0, 'second'],
] as const;

/** How long ago, in the largest unit that fits, rounded down: `4s`, `12m`, `3h`, `2 days`. Never below 0. */
export const formatAge = (ms: number, language: string): string => {
  const age = Math.max(0, ms);
  const [size, unit] = steps.find(([atLeast]) => age >= atLeast) ?? steps[3];
  return ageFormat(language, unit).format(Math.floor(age / (size || 1000)));
};
