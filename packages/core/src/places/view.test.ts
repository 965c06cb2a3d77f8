import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slug } from '@muster/contract/schema';
import fc from 'fast-check';
import { checkTimezone, slugOf } from './view.ts';

const shape = new RegExp((Slug as unknown as { pattern: string }).pattern);

test('every name has a slug of the contract’s shape', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
      assert.match(slugOf(name), shape);
    }),
  );
});

test('a slug keeps what can be read of a name', () => {
  const table: [name: string, slug: string][] = [
    ['Hall 1', 'hall-1'],
    ['Łódź Główna', 'lodz-glowna'],
    ['  Café – Überfall  ', 'cafe-uberfall'],
    ['a/b+c#d', 'a-b-c-d'],
    ['ﬁne', 'fine'],
    ['東京', 'place'],
    ['---', 'place'],
    [`${'long '.repeat(20)}`, `${'long-'.repeat(12)}lon`],
  ];
  for (const [name, slug] of table) assert.equal(slugOf(name), slug);
});

test('a time zone is one that the runtime knows', () => {
  for (const zone of ['Europe/Warsaw', 'UTC', 'America/Argentina/Buenos_Aires', null, undefined]) checkTimezone(zone);
  for (const zone of ['Mars/Olympus', 'Warsaw', '', 'Europe/Warsaw; drop table places']) {
    assert.throws(() => checkTimezone(zone), { code: 'invalid' }, zone);
  }
});
