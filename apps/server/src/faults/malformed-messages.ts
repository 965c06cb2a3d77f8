import type { RejectReason } from '@muster/contract/telemetry';

/** A publish of a device that takes any metric, and why it must be refused. */
export interface Malformed {
  /** Below `devices/{deviceId}/`; with a leading slash: the topic as it is. */
  room: string;
  payload: string | Buffer;
  reason: RejectReason;
  /** Messages that are refused with it: an array is refused whole. */
  messages?: number;
}

const telemetry = (payload: string | Buffer, reason: RejectReason, messages?: number): Malformed => ({
  room: 'telemetry',
  payload,
  reason,
  ...(messages === undefined ? {} : { messages }),
});
const values = (text: string, reason: RejectReason) => telemetry(`{"values":${text}}`, reason);
const message = (rest: string, reason: RejectReason) => telemetry(`{"values":{"a":1},${rest}}`, reason);
const event = (payload: string): Malformed => ({ room: 'events', payload, reason: 'invalid_event' });
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":${index}`).join(',')}}`;

export const malformed: readonly Malformed[] = [
  telemetry('', 'malformed_json'),
  telemetry('{"values":', 'malformed_json'),
  values('{"a":NaN}', 'malformed_json'),
  values('{"a":0x10}', 'malformed_json'),
  telemetry(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'invalid_encoding'),
  telemetry(Buffer.from([0xed, 0xa0, 0x80]), 'invalid_encoding'),
  telemetry('null', 'invalid_shape'),
  telemetry('"text"', 'invalid_shape'),
  telemetry('{}', 'invalid_shape'),
  telemetry('[]', 'invalid_shape'),
  telemetry('{"a":1}', 'invalid_shape'),
  telemetry('{"__proto__":{"values":{"a":1}}}', 'invalid_shape'),
  telemetry(nested(100_000), 'invalid_shape'),
  values('{}', 'invalid_shape'),
  values('[1]', 'invalid_shape'),
  message('"seq":-1', 'invalid_shape'),
  message('"seq":1.5', 'invalid_shape'),
  message('"seq":9007199254740993', 'invalid_shape'),
  message(`"boot":"${'b'.repeat(65)}"`, 'invalid_shape'),
  message('"boot":"\\u0000"', 'invalid_shape'),
  message('"quality":{"a":"perfect"}', 'invalid_shape'),
  message('"quality":{"b":"good"}', 'invalid_shape'),
  message('"ts":"yesterday"', 'invalid_timestamp'),
  message('"ts":1e999', 'invalid_timestamp'),
  message('"ts":null', 'invalid_timestamp'),
  message('"ts":0', 'timestamp_too_old'),
  message('"ts":"1970-01-01T00:00:00Z"', 'timestamp_too_old'),
  message('"ts":4102444800000', 'timestamp_in_future'),
  message('"ts":"2100-01-01T00:00:00Z"', 'timestamp_in_future'),
  values('{"a":1e999}', 'not_finite'),
  values('{"a":-1e999}', 'not_finite'),
  values('{"a":null}', 'wrong_type'),
  values('{"a":{"b":1}}', 'wrong_type'),
  values(`{"a":${nested(100_000)}}`, 'wrong_type'),
  values(`{"a":"${'x'.repeat(5000)}"}`, 'value_too_long'),
  values('{"a":"\\u0000"}', 'value_too_long'),
  values('{"a":"\\ud800"}', 'value_too_long'),
  values('{"__proto__":1}', 'invalid_metric'),
  values('{"constructor":1}', 'invalid_metric'),
  values('{"$quality":1}', 'invalid_metric'),
  values('{"":1}', 'invalid_metric'),
  values(`{"${'n'.repeat(200)}":1}`, 'invalid_metric'),
  values(keys(10_000), 'too_many_metrics'),
  telemetry(`[${'{"values":{"a":1}},'.repeat(1000)}{"values":{"a":1}}]`, 'too_many_messages', 1001),
  telemetry('[{"values":{"a":1}},{"values":{"a":"\\u0000"}}]', 'value_too_long', 2),
  { room: 'telemetry/', payload: '1', reason: 'invalid_metric' },
  { room: 'telemetry/__proto__', payload: '1', reason: 'invalid_metric' },
  { room: 'telemetry/a', payload: 'on', reason: 'malformed_json' },
  { room: `telemetry/${'t'.repeat(1100)}`, payload: '1', reason: 'too_large' },
  // that nobody may write there is no reason to keep all of it
  { room: `/${'t'.repeat(60_000)}`, payload: '1', reason: 'too_large' },
  event('{"type":"muster.status"}'),
  event('{"type":"a","data":{"b":"\\u0000"}}'),
  event(`{"type":"a","data":{"b":${nested(100)}}}`),
  event(`{"type":"a","data":{"b":${nested(100_000)}}}`),
  event(`{"type":"a","data":{"b":"${'x'.repeat(70_000)}"}}`),
  { room: 'status', payload: 'maybe', reason: 'invalid_status' },
  { room: 'secrets', payload: '{}', reason: 'unknown_topic' },
  { room: '/devices/somebody-else/telemetry', payload: '{"values":{"a":1}}', reason: 'not_authorized' },
  { room: '/$SYS/broker', payload: '{}', reason: 'not_authorized' },
  { room: '/__proto__', payload: '{}', reason: 'not_authorized' },
];
