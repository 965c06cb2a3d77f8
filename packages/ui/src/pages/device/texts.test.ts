import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rejectReasons } from '@muster/contract/telemetry';

const read = (language: string, file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../i18n/${language}/${file}.json`, import.meta.url), 'utf8'));

const keysOf = (texts: unknown, path = ''): string[] =>
  typeof texts === 'object' && texts !== null
    ? Object.entries(texts).flatMap(([key, value]) => keysOf(value, `${path}.${key}`))
    : [path.replace(/_(?:one|few|many|other)$/, '')];

test('every text of the page and the charts is there in both languages', () => {
  for (const file of ['device', 'chart']) {
    const english = new Set(keysOf(read('en', file)));
    const polish = new Set(keysOf(read('pl', file)));
    assert.ok(english.size > 20);
    assert.deepEqual([...polish].sort(), [...english].sort());
  }
});

test('every reason to refuse a message is said in plain words', () => {
  for (const language of ['en', 'pl']) {
    const { reasons } = read(language, 'device') as { reasons: Record<string, string> };
    assert.deepEqual(Object.keys(reasons).sort(), [...rejectReasons].sort());
  }
});
