import type { ImportProblem } from '@muster/contract/imports';

/** A record of the file with its number; the header is number 1. Lines with nothing in them count, and are left out. */
export interface CsvRecord {
  row: number;
  cells: string[];
}

export type CsvReading = { records: CsvRecord[] } | { problem: ImportProblem };

/** Reads RFC 4180 in UTF-8, with or without a byte order mark, `,` or `;` between cells, any line ends. Never throws. */
export function readCsv(bytes: Uint8Array): CsvReading {
  const text = decode(bytes);
  if (text === undefined) return { problem: { row: 1, column: null, ...wrongEncoding } };
  const delimiter = delimiterOf(text);
  const records: CsvRecord[] = [];
  let row = 0;
  let at = 0;
  while (at < text.length) {
    row++;
    const cells: string[] = [];
    for (;;) {
      const cell = text[at] === '"' ? readQuoted(text, at) : readBare(text, at, delimiter);
      if (!cell) return { problem: { row, column: null, ...broken } };
      cells.push(cell.text);
      at = cell.end;
      if (text[at] !== delimiter) break;
      at++;
    }
    if (at < text.length && text[at] !== '\r' && text[at] !== '\n')
      return { problem: { row, column: null, ...broken } };
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (cells.some((cell) => cell.trim() !== '')) records.push({ row, cells });
  }
  return { records };
}

const wrongEncoding = { code: 'encoding-wrong', message: 'The file is no text in UTF-8' };
const broken = { code: 'csv-broken', message: 'A quotation mark stands where none belongs, or one is missing' };

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // UTF-16 without a mark decodes, with a NUL beside each letter
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Of the two the one that the header has more of. */
function delimiterOf(text: string): ',' | ';' {
  const header = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0].replace(/"(?:[^"]|"")*"/g, '') ?? '';
  return header.split(';').length > header.split(',').length ? ';' : ',';
}

/** A cell in quotation marks; undefined: the second one is missing. */
function readQuoted(text: string, start: number): { text: string; end: number } | undefined {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return { text: text.slice(start + 1, at).replaceAll('""', '"'), end: at + 1 };
  }
  return undefined;
}

function readBare(text: string, start: number, delimiter: string): { text: string; end: number } | undefined {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\r' && text[end] !== '\n') {
    if (text[end] === '"') return undefined;
    end++;
  }
  return { text: text.slice(start, end), end };
}
