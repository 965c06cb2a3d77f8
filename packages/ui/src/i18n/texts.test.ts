import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rejectReasons } from '@muster/contract/telemetry';

const here = import.meta.dirname;
const source = join(here, '..');
type Texts = { [key: string]: string | Texts };

const read = (language: string, file: string): Texts => JSON.parse(readFileSync(join(here, language, file), 'utf8'));

const flat = (texts: Texts, path = ''): Map<string, string> =>
  new Map(
    Object.entries(texts).flatMap(([key, text]) =>
      typeof text === 'string' ? [[`${path}${key}`, text] as const] : [...flat(text, `${path}${key}.`)],
    ),
  );

const withoutPlural = (key: string): string => key.replace(/_(?:one|few|many|other)$/, '');
const fieldsOf = (text: string): string[] => [...new Set(text.match(/{{\w+/g))].sort();
const files = readdirSync(join(here, 'en'));

test('every text is there in both languages, with the same fields', () => {
  assert.deepEqual(readdirSync(join(here, 'pl')).sort(), files.sort());
  let checked = 0;
  for (const file of files) {
    const english = flat(read('en', file));
    const polish = flat(read('pl', file));
    const names = (texts: Map<string, string>) => [...new Set([...texts.keys()].map(withoutPlural))].sort();
    assert.deepEqual(names(polish), names(english), file);
    for (const [key, text] of polish) {
      const original =
        english.get(key) ?? english.get(withoutPlural(key)) ?? english.get(`${withoutPlural(key)}_other`);
      assert.ok(original !== undefined, `${file} ${key}`);
      assert.deepEqual(fieldsOf(text), fieldsOf(original), `${file} ${key}`);
      checked++;
    }
  }
  assert.ok(checked > 250, `${checked}`);
});

test('every reason to refuse a message is said in plain words', () => {
  for (const language of ['en', 'pl']) {
    const { reason } = read(language, 'ledger.json');
    assert.deepEqual(Object.keys(reason ?? {}).sort(), [...rejectReasons].sort());
  }
});

test('a plural has every form that its language asks for', () => {
  for (const [language, forms] of [
    ['en', ['one', 'other']],
    ['pl', ['few', 'many', 'one', 'other']],
  ] as const) {
    for (const file of files) {
      const keys = [...flat(read(language, file)).keys()].filter((key) => key !== withoutPlural(key));
      for (const [name, found] of Map.groupBy(keys, withoutPlural)) {
        assert.deepEqual(found.map((key) => key.slice(name.length + 1)).sort(), forms, `${language} ${file} ${name}`);
      }
    }
  }
});

test('every text that the code names is there', () => {
  let checked = 0;
  for (const path of globSync('**/*.{ts,tsx}', { cwd: source })) {
    const code = readFileSync(join(source, path), 'utf8');
    const [, namespace = 'common'] = /\{ t\b[^}]*\} = useTranslation\(\[?'(\w+)'/.exec(code) ?? [];
    if (!code.includes('useTranslation(')) continue;
    const texts = new Set([...flat(read('en', `${namespace}.json`)).keys()].map(withoutPlural));
    for (const [, key = ''] of code.matchAll(/[^\w.]t\('([\w.-]+)'[,)]/g)) {
      assert.ok(texts.has(key), `${path}: ${namespace}.${key}`);
      checked++;
    }
  }
  assert.ok(checked > 150, `${checked}`);
});
