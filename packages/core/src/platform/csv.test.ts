import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvText, plainText } from './csv.ts';

/** What a spreadsheet would take as the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r\0＝＋－＠]/;

/** Reads one RFC 4180 field. */
function readField(field: string): string {
  if (!field.startsWith('"')) {
    assert.doesNotMatch(field, /[",\r\n]/, 'a bare field needs quotes');
    return field;
  }
  assert.match(field, /^"(?:[^"]|"")*"$/s);
  return field.slice(1, -1).replaceAll('""', '"');
}

test('a text in CSV is one field that no spreadsheet computes, and nothing but the apostrophe is added', () => {
  const wild = fc.string({ unit: fc.constantFrom(...'=+-@\t\r\n\0",\'a1 ＝＋－＠ł') });
  fc.assert(
    fc.property(fc.oneof(wild, fc.string({ unit: 'grapheme' })), (text) => {
      const read = readField(csvText(text));
      assert.doesNotMatch(read, FORMULA);
      // one that begins with apostrophes gets another: so each can be read back as it was
      assert.equal(read, FORMULA.test(text.replace(/^'+/, '')) ? `'${text}` : text);
      assert.equal(plainText(read), text);
    }),
  );
});

test('known formulas are made harmless', () => {
  assert.equal(csvText('=1+1'), "'=1+1");
  assert.equal(csvText('@SUM(A1)'), "'@SUM(A1)");
  assert.equal(csvText('-2+3'), "'-2+3");
  assert.equal(csvText('=HYPERLINK("http://x","y")'), '"\'=HYPERLINK(""http://x"",""y"")"');
  assert.equal(csvText('\t=1'), "'\t=1");
  assert.equal(csvText('\0=1'), "'\0=1");
  assert.equal(csvText('plain, text'), '"plain, text"');
  assert.equal(csvText('two\nlines'), '"two\nlines"');
  assert.equal(csvText(''), '');
});
