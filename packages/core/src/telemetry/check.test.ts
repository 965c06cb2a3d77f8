import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { Strict } from '@muster/contract/schema';
import { type DeviceType, genericDeviceType } from '@muster/contract/solution';
import type { RejectReason } from '@muster/contract/telemetry';
import fc from 'fast-check';
import { checkEnvelope, checkQuality, checkValues, isStorable, parseJson, readTime } from './check.ts';

const DAY_MS = 86_400_000;
const now = Date.parse('2026-11-21T08:00:00.000Z');

const strict: DeviceType = {
  id: 'test.strict',
  title: { en: 'Strict' },
  metrics: {
    pressure: { title: { en: 'Pressure' }, kind: 'number' },
    open: { title: { en: 'Open' }, kind: 'boolean' },
    mode: { title: { en: 'Mode' }, kind: 'string' },
  },
  intervalMs: 1000,
  events: {},
  commands: {},
  configuration: Strict({}),
};

const parse = (json: string) => JSON.parse(json) as Record<string, unknown>;
const envelope = (json: string) => checkEnvelope(parse(json))?.reason;
const values = (json: string, type: DeviceType) => checkValues(parse(json), type)?.reason;

test('bytes that are not UTF-8, and text that is not JSON, are told apart', () => {
  const reason = (bytes: Buffer) => {
    const parsed = parseJson(bytes, isUtf8);
    return 'reason' in parsed ? parsed.reason : parsed.json;
  };
  assert.equal(reason(Buffer.from([0x22, 0xc3, 0x28, 0x22])), 'invalid_encoding');
  assert.equal(reason(Buffer.from([0xff, 0xfe])), 'invalid_encoding');
  assert.equal(reason(Buffer.from('"half: \xed\xa0\x80"', 'latin1')), 'invalid_encoding');
  for (const text of ['', ' ', '{', '{"a":1,}', 'NaN', '{"a":NaN}', "{'a':1}", 'undefined', '\ufeff{}', '1 2']) {
    assert.equal(reason(Buffer.from(text)), 'malformed_json', JSON.stringify(text));
  }
  assert.equal(reason(Buffer.from('4.5')), 4.5);
  assert.equal(reason(Buffer.from('"żółw"')), 'żółw');
});

test('whatever bytes come, parsing answers and never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const parsed = parseJson(Buffer.from(bytes), isUtf8);
      assert.ok('json' in parsed || typeof parsed.reason === 'string');
    }),
  );
});

test('a message of the wrong shape is refused', () => {
  const wrong = [
    '1',
    '"text"',
    'null',
    'true',
    '[]',
    '{}',
    '{"values":null}',
    '{"values":[1]}',
    '{"values":3}',
    '{"pressure":4.2}',
    '{"values":{"a":1},"extra":1}',
    '{"values":{"a":1},"__proto__":{}}',
    '{"values":{"a":1},"constructor":{}}',
    '{"values":{"a":1},"seq":-1}',
    '{"values":{"a":1},"seq":1.5}',
    '{"values":{"a":1},"seq":"1"}',
    '{"values":{"a":1},"seq":9007199254740992}',
    '{"values":{"a":1},"seq":1e999}',
    '{"values":{"a":1},"boot":""}',
    '{"values":{"a":1},"boot":7}',
    `{"values":{"a":1},"boot":"${'b'.repeat(65)}"}`,
    '{"values":{"a":1},"boot":"a\\u0000b"}',
    '{"values":{"a":1},"boot":"\\ud800"}',
  ];
  for (const json of wrong) assert.equal(envelope(json), 'invalid_shape', json);
  const right = [
    '{"values":{"a":1}}',
    '{"values":{"a":1},"seq":0,"boot":"x"}',
    '{"values":{"a":1},"seq":9007199254740991,"ts":1,"quality":{}}',
    `{"values":{"a":1},"boot":"${'b'.repeat(64)}"}`,
  ];
  for (const json of right) assert.equal(envelope(json), undefined, json);
});

test('a time is milliseconds or RFC 3339, and everything else is refused', () => {
  const time = (ts: unknown) => {
    const read = readTime(ts, now, 90 * DAY_MS);
    return typeof read === 'number' ? read : read.reason;
  };
  const table: [ts: unknown, is: number | RejectReason][] = [
    [undefined, now],
    [now - 5, now - 5],
    [now - 0.4, now],
    ['2026-11-21T07:59:59.123Z', now - 877],
    ['2026-11-21T08:59:59.123+01:00', now - 877],
    ['2026-11-21 07:59:59Z', now - 1000],
    ['2026-11-21t07:59:59z', now - 1000],
    ['2026-11-21T07:59:59.123456789Z', now - 877],
    [null, 'invalid_timestamp'],
    [true, 'invalid_timestamp'],
    [{}, 'invalid_timestamp'],
    [[now], 'invalid_timestamp'],
    ['', 'invalid_timestamp'],
    ['yesterday', 'invalid_timestamp'],
    [String(now), 'invalid_timestamp'],
    ['2026-11-21', 'invalid_timestamp'],
    ['2026-11-31T00:00:00Z', 'invalid_timestamp'],
    ['2026-02-29T00:00:00Z', 'invalid_timestamp'],
    ['2026-13-01T00:00:00Z', 'invalid_timestamp'],
    ['2026-11-00T00:00:00Z', 'invalid_timestamp'],
    ['2026-11-21T08:00:00', 'invalid_timestamp'],
    ['2026-13-21T08:00:00Z', 'invalid_timestamp'],
    ['2026-11-21T25:00:00Z', 'invalid_timestamp'],
    ['Sat, 21 Nov 2026 08:00:00 GMT', 'invalid_timestamp'],
    [Number.NaN, 'invalid_timestamp'],
    [Number.POSITIVE_INFINITY, 'invalid_timestamp'],
    [JSON.parse('1e999'), 'invalid_timestamp'],
    [0, 'timestamp_too_old'],
    [-1, 'timestamp_too_old'],
    [-Number.MAX_VALUE, 'timestamp_too_old'],
    ['1970-01-01T00:00:00Z', 'timestamp_too_old'],
    [now - 90 * DAY_MS, now - 90 * DAY_MS],
    [now - 90 * DAY_MS - 1, 'timestamp_too_old'],
    [now + DAY_MS, now + DAY_MS],
    [now + DAY_MS + 1, 'timestamp_in_future'],
    ['2100-01-01T00:00:00Z', 'timestamp_in_future'],
    ['9999-12-31T23:59:59Z', 'timestamp_in_future'],
    [Number.MAX_VALUE, 'timestamp_in_future'],
    // seconds instead of milliseconds: 1970 again
    [Math.floor(now / 1000), 'timestamp_too_old'],
    // microseconds: far ahead
    [now * 1000, 'timestamp_in_future'],
  ];
  for (const [ts, is] of table) assert.equal(time(ts), is, JSON.stringify(ts));
});

test('a device of a closed type sends its own metrics in their own kind', () => {
  const table: [json: string, reason: RejectReason | undefined][] = [
    ['{"pressure":4.2,"open":true,"mode":"idle"}', undefined],
    ['{"mode":""}', undefined],
    ['{"pressure":-0}', undefined],
    ['{"pressure":5e-324}', undefined],
    ['{}', 'invalid_shape'],
    ['{"temperature":1}', 'unknown_metric'],
    ['{"toString":1}', 'unknown_metric'],
    ['{"__proto__":1}', 'unknown_metric'],
    ['{"constructor":1}', 'unknown_metric'],
    ['{"Pressure":1}', 'unknown_metric'],
    ['{"pressure":"4.2"}', 'wrong_type'],
    ['{"pressure":true}', 'wrong_type'],
    ['{"pressure":null}', 'wrong_type'],
    ['{"pressure":[1]}', 'wrong_type'],
    ['{"pressure":{"value":1}}', 'wrong_type'],
    ['{"open":1}', 'wrong_type'],
    ['{"open":"true"}', 'wrong_type'],
    ['{"mode":7}', 'wrong_type'],
    ['{"pressure":1e999}', 'not_finite'],
    ['{"pressure":-1e999}', 'not_finite'],
    [`{"mode":"${'m'.repeat(4096)}"}`, undefined],
    [`{"mode":"${'m'.repeat(4097)}"}`, 'value_too_long'],
    ['{"mode":"a\\u0000b"}', 'value_too_long'],
    ['{"mode":"\\ud83d"}', 'value_too_long'],
  ];
  for (const [json, reason] of table) assert.equal(values(json, strict), reason, json.slice(0, 60));
});

test('an open type takes any name that people can read and no prototype knows', () => {
  const table: [json: string, reason: RejectReason | undefined][] = [
    ['{"temperature":1,"a b/c":2,"łódź":3}', undefined],
    ['{"toString":1,"valueOf":2,"hasOwnProperty":3}', undefined],
    [`{"${'n'.repeat(128)}":1}`, undefined],
    [`{"${'n'.repeat(129)}":1}`, 'invalid_metric'],
    ['{"":1}', 'invalid_metric'],
    ['{"$quality":1}', 'invalid_metric'],
    ['{"a\\"b":1}', 'invalid_metric'],
    ['{"a\\\\b":1}', 'invalid_metric'],
    ['{"__proto__":1}', 'invalid_metric'],
    ['{"constructor":1}', 'invalid_metric'],
    ['{"prototype":1}', 'invalid_metric'],
    ['{"a\\nb":1}', 'invalid_metric'],
    ['{"a\\u0000":1}', 'invalid_metric'],
    ['{"a\\u2028":1}', 'invalid_metric'],
    ['{"\\udc00":1}', 'invalid_metric'],
    ['{"a":null}', 'wrong_type'],
  ];
  for (const [json, reason] of table) assert.equal(values(json, genericDeviceType), reason, json.slice(0, 60));
});

test('a message of 10,000 keys is refused after the first 200', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, index]));
  assert.equal(checkValues(many(200), genericDeviceType), undefined);
  assert.equal(checkValues(many(201), genericDeviceType)?.reason, 'too_many_metrics');
  assert.equal(checkValues(many(10_000), genericDeviceType)?.reason, 'too_many_metrics');
});

test('a quality is a known word for a value of the same message', () => {
  const table: [quality: string, reason: RejectReason | undefined][] = [
    ['{}', undefined],
    ['{"a":"good"}', undefined],
    ['{"a":"uncertain","b":"bad"}', undefined],
    ['{"a":"stale"}', 'invalid_shape'],
    ['{"a":"GOOD"}', 'invalid_shape'],
    ['{"a":2}', 'invalid_shape'],
    ['{"a":null}', 'invalid_shape'],
    ['{"c":"bad"}', 'invalid_shape'],
    ['{"toString":"bad"}', 'invalid_shape'],
    ['{"__proto__":"bad"}', 'invalid_shape'],
    ['"bad"', 'invalid_shape'],
    ['["bad"]', 'invalid_shape'],
    ['null', 'invalid_shape'],
  ];
  for (const [quality, reason] of table) {
    assert.equal(checkQuality(JSON.parse(quality), { a: 1, b: 2 })?.reason, reason, quality);
  }
});

test('every refusal is a sentence that stays short whatever the device sent', () => {
  const long = 'x'.repeat(100_000);
  const refusals = [
    parseJson(Buffer.from(long), isUtf8),
    checkEnvelope({ values: {}, [long]: 1 }),
    checkValues({ [long]: 1 }, strict),
    checkValues({ [long]: 1 }, genericDeviceType),
    checkQuality({ [long]: 'bad' }, {}),
    readTime(long, now, DAY_MS),
  ];
  for (const refusal of refusals) {
    const { detail } = refusal as { detail: string };
    assert.match(detail, /\.$|: /);
    assert.ok(detail.length < 400, detail.slice(0, 80));
  }
});

test('text that is called storable comes back from UTF-8 as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (wild, tame) => {
      for (const text of [wild, tame]) {
        if (isStorable(text)) assert.equal(Buffer.from(text).toString('utf8'), text);
        else assert.ok(text.includes('\0') || !text.isWellFormed());
      }
    }),
  );
});
