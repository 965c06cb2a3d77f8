import { IMPORT_ROWS, type ImportProblem } from '@muster/contract/imports';
import { plainText } from '../platform/csv.ts';
import { MusterError } from '../platform/errors.ts';
import { readCsv } from './read-csv.ts';

/** A row with its cells by column; a column that the file does not have is not there. */
export interface TableRow<Column extends string> {
  row: number;
  cells: Partial<Record<Column, string>>;
}

export interface Table<Column extends string> {
  rows: TableRow<Column>[];
  problems: ImportProblem[];
}

/**
 * Reads a file whose first row names its columns.
 * @param needed columns that must be there
 * @throws MusterError `too_large` with more than `IMPORT_ROWS` rows
 */
export function readTable<Column extends string>(
  bytes: Uint8Array,
  columns: readonly Column[],
  needed: readonly Column[],
): Table<Column> {
  const read = readCsv(bytes);
  if ('problem' in read) return { rows: [], problems: [read.problem] };
  const [header, ...records] = read.records;
  if (records.length > IMPORT_ROWS)
    throw new MusterError('too_large', `A file has at most ${IMPORT_ROWS.toLocaleString('en')} rows.`);
  const names = (header?.cells ?? []).map((cell) => cell.trim());
  const problems = checkHeader(header?.row ?? 1, names, columns, needed);
  if (problems.length > 0) return { rows: [], problems };
  const rows: TableRow<Column>[] = [];
  for (const { row, cells } of records) {
    const params = { most: names.length };
    // spreadsheets fill rows up with empty cells
    if (cells.length < names.length) {
      const message = `has ${cells.length} cells, the header ${names.length}`;
      problems.push({ row, column: null, code: 'row-short', message, params });
    } else if (cells.slice(names.length).some((cell) => cell.trim() !== '')) {
      const message = `has ${cells.length} cells, the header ${names.length}`;
      problems.push({ row, column: null, code: 'row-long', message, params });
    } else {
      const entries = names.map((name, index) => [name, plainText(cells[index] as string).trim()]);
      rows.push({ row, cells: Object.fromEntries(entries) });
    }
  }
  return { rows, problems };
}

function checkHeader(
  row: number,
  names: readonly string[],
  columns: readonly string[],
  needed: readonly string[],
): ImportProblem[] {
  const problems: ImportProblem[] = [];
  for (const [index, name] of names.entries()) {
    if (name === '' && index === names.length - 1) continue;
    if (!columns.includes(name)) {
      const message = `There is no such column; there are ${columns.join(', ')}`;
      problems.push({ row, column: name.slice(0, 64), code: 'column-unknown', message });
    } else if (names.indexOf(name) < index) {
      problems.push({ row, column: name, code: 'column-twice', message: 'The column is there twice' });
    }
  }
  for (const column of needed) {
    if (!names.includes(column)) problems.push({ row, column, code: 'missing', message: 'The column is missing' });
  }
  return problems;
}
