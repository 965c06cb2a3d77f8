import type { DeviceType } from '@muster/contract/solution';
import { MAXIMUM_OPEN_METRICS } from '@muster/contract/solution';
import type { Quality, RejectReason } from '@muster/contract/telemetry';
import { BAD, GOOD, UNCERTAIN } from './channel.ts';

/** Why a publish is not taken, in a word for the ledger and a sentence for people. */
export interface Refusal {
  reason: RejectReason;
  detail: string;
}

/** A telemetry message as JSON gave it, not yet checked. */
export type RawMessage = Record<string, unknown>;

const DAY_MS = 86_400_000;
/** A clock further ahead than this is wrong beyond use. */
const FUTURE_LIMIT_MS = DAY_MS;
/** A clock further ahead than this makes the values uncertain. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000;
const MAXIMUM_TEXT = 4096;
const MAXIMUM_NAME = 128;
// V8 13.6 mixes up keys that are written with escapes: after {"\\": 1} it reads {"\"": 1} as the former
const ESCAPED = /["\\]/;
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
// RFC 3339, as strict as the contract says: date, time, optional fraction, offset
const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

const refuse = (reason: RejectReason, detail: string): Refusal => ({ reason, detail });

/** Bytes to JSON. A refusal has `reason`; a parsed document does not come with one. */
export function parseJson(payload: Buffer, isUtf8: (bytes: Buffer) => boolean): { json: unknown } | Refusal {
  if (!isUtf8(payload)) return refuse('invalid_encoding', 'The payload is not UTF-8.');
  try {
    return { json: JSON.parse(payload.toString('utf8')) };
  } catch (error) {
    return refuse('malformed_json', `The payload is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** Checks everything of a message but its values. */
export function checkEnvelope(message: unknown): Refusal | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return refuse('invalid_shape', 'A message is an object: {"values": {"temperature": 21.5}}.');
  }
  for (const key in message) {
    if (key !== 'values' && key !== 'ts' && key !== 'seq' && key !== 'boot' && key !== 'quality') {
      return refuse(
        'invalid_shape',
        `A message has ts, boot, seq, quality and values, and no field "${key.slice(0, 60)}". Measured values stand inside "values".`,
      );
    }
  }
  const { values, seq, boot } = message as RawMessage;
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return refuse('invalid_shape', '"values" must be an object of measured values by name.');
  }
  if (seq !== undefined && !(Number.isSafeInteger(seq) && (seq as number) >= 0)) {
    return refuse('invalid_shape', '"seq" must be a whole number from 0 to 2^53 - 1.');
  }
  if (boot !== undefined && (typeof boot !== 'string' || boot.length === 0 || boot.length > 64 || !isStorable(boot))) {
    return refuse('invalid_shape', '"boot" must be a text of 1 to 64 characters.');
  }
  return undefined;
}

/**
 * The message's own time in ms, or the time of arrival when it has none.
 * @param oldest ms that a message may be late: what is older would be dropped by retention at once
 */
export function readTime(ts: unknown, arrival: number, oldest: number): number | Refusal {
  if (ts === undefined) return arrival;
  let time: number;
  if (typeof ts === 'number') time = Math.round(ts);
  else if (typeof ts === 'string' && RFC3339.test(ts) && isDay(ts)) time = Date.parse(ts);
  else time = Number.NaN;
  if (!Number.isFinite(time)) {
    return refuse('invalid_timestamp', '"ts" must be milliseconds since 1970 or an RFC 3339 time.');
  }
  if (time > arrival + FUTURE_LIMIT_MS) {
    return refuse('timestamp_in_future', `"ts" is more than a day ahead of the server's clock.`);
  }
  if (time < arrival - oldest) {
    return refuse('timestamp_too_old', `"ts" is older than the ${Math.round(oldest / DAY_MS)} days that are kept.`);
  }
  return time;
}

/** Date.parse takes the 31st of every month, and means the 1st of the next. */
function isDay(ts: string): boolean {
  const day = Number(ts.slice(8, 10));
  return new Date(Date.UTC(Number(ts.slice(0, 4)), Number(ts.slice(5, 7)) - 1, day)).getUTCDate() === day;
}

/** Checks names and kinds of values against the device's type. The slow way: ingest asks only when the layout is not known. */
export function checkValues(values: Record<string, unknown>, type: DeviceType): Refusal | undefined {
  let count = 0;
  for (const name in values) {
    if (++count > MAXIMUM_OPEN_METRICS) {
      return refuse('too_many_metrics', `A message holds at most ${MAXIMUM_OPEN_METRICS} values.`);
    }
    const fault = checkName(name, type) ?? checkValue(name, values[name], type);
    if (fault) return fault;
  }
  if (count === 0) return refuse('invalid_shape', '"values" is empty.');
  return undefined;
}

/** Checks that qualities are known words for values of this message. */
export function checkQuality(quality: unknown, values: Record<string, unknown>): Refusal | undefined {
  if (quality === undefined) return undefined;
  if (typeof quality !== 'object' || quality === null || Array.isArray(quality)) {
    return refuse('invalid_shape', '"quality" must be an object of good, uncertain or bad by metric.');
  }
  for (const name in quality) {
    if (!Object.hasOwn(values, name)) {
      return refuse('invalid_shape', `"quality" names "${name.slice(0, 60)}", which is not among the values.`);
    }
    if (qualityCode((quality as Record<string, unknown>)[name]) === undefined) {
      return refuse('invalid_shape', 'A quality is good, uncertain or bad.');
    }
  }
  return undefined;
}

export function qualityCode(word: unknown): number | undefined {
  if (word === 'good') return GOOD;
  if (word === 'uncertain') return UNCERTAIN;
  if (word === 'bad') return BAD;
  return undefined;
}

const WORDS: readonly Quality[] = ['good', 'uncertain', 'bad'];
export const qualityWord = (code: number): Quality => WORDS[code] ?? 'bad';

function checkName(name: string, type: DeviceType): Refusal | undefined {
  if (!type.open && !Object.hasOwn(type.metrics, name)) {
    return refuse('unknown_metric', `A device of type ${type.id} has no metric "${name.slice(0, 60)}".`);
  }
  if (
    name.length === 0 ||
    name.length > MAXIMUM_NAME ||
    name.startsWith('$') ||
    FORBIDDEN_NAMES.has(name) ||
    ESCAPED.test(name) ||
    !isPrintable(name)
  ) {
    return refuse(
      'invalid_metric',
      `A metric's name has 1 to ${MAXIMUM_NAME} printable characters without " and \\, does not begin with "$", and is not a word that JavaScript keeps for itself.`,
    );
  }
  return undefined;
}

function checkValue(name: string, value: unknown, type: DeviceType): Refusal | undefined {
  const kind = typeof value;
  const declared = Object.hasOwn(type.metrics, name) ? type.metrics[name]?.kind : undefined;
  if (kind !== 'number' && kind !== 'boolean' && kind !== 'string') {
    return refuse('wrong_type', `The value of "${name}" must be a number, a boolean or a text.`);
  }
  if (declared !== undefined && kind !== declared) {
    return refuse('wrong_type', `The value of "${name}" must be a ${declared}, not a ${kind}.`);
  }
  if (kind === 'number' && !Number.isFinite(value)) {
    return refuse('not_finite', `The value of "${name}" is too large for a number.`);
  }
  if (kind === 'string' && ((value as string).length > MAXIMUM_TEXT || !isStorable(value as string))) {
    return refuse(
      'value_too_long',
      `The text of "${name}" must be well-formed, without NUL, and have at most ${MAXIMUM_TEXT} characters.`,
    );
  }
  return undefined;
}

/** PostgreSQL's text holds every Unicode string but NUL and half surrogate pairs. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const isPrintable = (text: string) => !CONTROL.test(text) && text.isWellFormed();
