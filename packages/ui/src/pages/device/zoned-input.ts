import { zoneOffset } from '../../chart/time-ticks.ts';

/** A moment (ms) as a `datetime-local` field shows it on the clock of a zone. */
export const toZonedInput = (ts: number, zone: string): string =>
  new Date(ts + zoneOffset(ts, zone)).toISOString().slice(0, 19);

/** What a `datetime-local` field means on the clock of a zone, ms; null: it is empty or no time. */
export const fromZonedInput = (text: string, zone: string): number | null => {
  const local = Date.parse(`${text}Z`);
  if (Number.isNaN(local)) return null;
  const guess = local - zoneOffset(local, zone);
  return local - zoneOffset(guess, zone);
};
