import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonical, commitmentOf, GENESIS, hashOf } from './audit-chain.ts';

test('the canonical form is that of RFC 8785: its examples', () => {
  const example = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
  const written = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
  assert.equal(canonical(JSON.parse(example)), written);
  const keys = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  assert.deepEqual(Object.values(JSON.parse(canonical(keys))), Object.values(keys).toSorted(byIntegerKeyFirst));
  assert.equal(
    canonical(keys),
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  );
});

/** What JSON.parse makes of it: keys that are whole numbers come first in an object. */
function byIntegerKeyFirst(one: string, other: string): number {
  const order = ['One', 'Carriage Return', 'Control', 'Latin Small', 'Euro', 'Emoji', 'Hebrew'];
  const place = (text: string) => order.findIndex((begin) => text.startsWith(begin));
  return place(one) - place(other);
}

test('numbers are written as in appendix B of RFC 8785', () => {
  const numbers: [bits: string, text: string][] = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
  ];
  for (const [bits, text] of numbers) {
    assert.equal(canonical(Buffer.from(bits, 'hex').readDoubleBE()), text);
  }
});

test('the canonical form depends on nothing but the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(value);
      assert.equal(canonical(JSON.parse(text)), text);
      assert.equal(canonical(reversed(value)), text);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, reversed(item)]),
  );
}

test('a hash is that of the entry before and of everything in this one', () => {
  const entry = {
    organizationId: 'o',
    seq: 1,
    id: 'i',
    at: '2026-01-01T00:00:00.000Z',
    actorKind: 'user',
    actorId: 'u',
    action: 'a',
    object: 'b',
    result: 'done' as const,
    requestId: 'r',
    commitment: commitmentOf('00', { actorName: 'n', address: null, userAgent: null, details: {} }),
  };
  const hash = hashOf(GENESIS, entry);
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.notEqual(hashOf(hash, entry), hash);
  for (const name of Object.keys(entry)) assert.notEqual(hashOf(GENESIS, { ...entry, [name]: 'x' }), hash, name);
});
