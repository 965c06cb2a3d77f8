import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvText, plainText } from '../platform/csv.ts';
import { joinLabels, splitLabels } from '../platform/csv-labels.ts';
import { readCsv } from './read-csv.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const cells = (text: string | Uint8Array) => {
  const read = readCsv(typeof text === 'string' ? bytes(text) : text);
  return 'records' in read ? read.records.map((record) => record.cells) : read.problem.code;
};

test('RFC 4180 is read, with its quotation marks, in all line ends, with commas or semicolons, with a byte order mark or none', () => {
  const table: [text: string, rows: string[][]][] = [
    [
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['a,b\r1,', [['a', 'b'], ['1', ''].slice(0, 2)]],
    [
      '\uFEFFa;b\n"1,5";2\n',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'a,b\n"x ""y""","two\r\nlines"\n',
      [
        ['a', 'b'],
        ['x "y"', 'two\r\nlines'],
      ],
    ],
    ['"a;b",c\n1,2\n', [['a;b', 'c'], ['1', '2'].slice(0, 2)]],
    ['a\n\n  \n1\n', [['a'], ['1']]],
    ['', []],
  ];
  for (const [text, rows] of table) assert.deepEqual(cells(text), rows, JSON.stringify(text));
});

test('what is no CSV in UTF-8 is said to be none, with its row', () => {
  assert.equal(cells('a,b\n"1,2\n'), 'csv-broken');
  assert.equal(cells('a,b\n"1"x,2\n'), 'csv-broken');
  assert.equal(cells('a,b\n1"2,3\n'), 'csv-broken');
  const read = readCsv(bytes('a\n1\n"2\n'));
  assert.equal('problem' in read && read.problem.row, 3);
  assert.equal(cells(new Uint8Array([0x61, 0x2c, 0xb3, 0x0a])), 'encoding-wrong', 'Windows-1250');
  assert.equal(cells(Buffer.from('\uFEFFa,b\n1,2', 'utf16le')), 'encoding-wrong', 'UTF-16');
  assert.equal(cells(Buffer.from('a,b\n1,2', 'utf16le')), 'encoding-wrong', 'UTF-16 without its mark');
});

test('whatever was written is read back, formulas too, and nothing that is read throws', () => {
  const cell = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const filled = rows.map(([one, other]) => [`x${one}`, other]);
      const text = filled.map((row) => row.map(csvText).join(',')).join('\r\n');
      assert.deepEqual(cells(`a,b\r\n${text}`), [['a', 'b'], ...filled.map((row) => row.map(escaped))]);
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (any) => void readCsv(any)));
  fc.assert(fc.property(cell, (text) => assert.equal(plainText(escaped(text)), text)));
  for (const text of ['=1+1', '+1', '-1', '@a', "'=1", "''=1", "'plain", '＝1']) {
    assert.equal(plainText(csvText(text)), text);
    assert.doesNotMatch(csvText(text), /^[=+\-@＝]/);
  }
});

/** A cell as it stands between the quotation marks. */
const escaped = (text: string): string =>
  csvText(text).replace(/^"([\s\S]*)"$/, (_, inner) => inner.replaceAll('""', '"'));

test('labels share a cell whatever they hold', () => {
  const label = fc
    .string({ minLength: 1 })
    .filter((text) => text.trim() === text && text !== '' && !/^\s|\s$/.test(text));
  fc.assert(fc.property(fc.array(label), (labels) => assert.deepEqual(splitLabels(joinLabels(labels)), labels)));
  assert.deepEqual(splitLabels(' a ; b;;c\\;d'), ['a', 'b', 'c;d']);
});
