/**
 * When each message is due: every device has one per period, all devices spread evenly over it. Delays are counted from
 * there, whether or not the sender got to it in time: a stall shows in every message that it held up (no coordinated omission).
 */
export interface Schedule {
  /** ms, `now()` of clock.ts */
  startAt: number;
  periodMs: number;
  devices: number;
}

export const dueAt = ({ startAt, periodMs, devices }: Schedule, device: number, message: number): number =>
  startAt + (message + device / devices) * periodMs;

/** Messages that are due in so many ms, over all devices. */
export const messagesIn = ({ periodMs, devices }: Schedule, ms: number): number =>
  Math.floor((ms / periodMs) * devices);

/** The first value of a message is its number, so that whoever receives it knows when it was due. */
export const NUMBER_METRIC = 'number';
export const NUMBER_DIGITS = 7;
const FIRST_NUMBER = 1_000_000;

export const numberOf = (message: number): number => FIRST_NUMBER + message;
export const messageOf = (number: number): number => number - FIRST_NUMBER;
