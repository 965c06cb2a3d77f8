import { IMPORT_PROBLEMS, type ImportReport } from '@muster/contract/imports';
import type { FaultCode } from '@muster/contract/schema';
import { invalid } from '../platform/errors.ts';
import type { Problems } from './cells.ts';

/** What becomes of one row. */
export interface RowOutcome {
  row: number;
  what: 'create' | 'change' | 'leave';
  name: string;
  columns: string[];
}

export function makeReport(
  dryRun: boolean,
  rows: number,
  outcomes: readonly RowOutcome[],
  { list }: Problems,
): ImportReport {
  const count = (what: RowOutcome['what']) => outcomes.filter((outcome) => outcome.what === what).length;
  const problems = list.toSorted((one, other) => one.row - other.row);
  return {
    dryRun,
    rows,
    created: count('create'),
    changed: count('change'),
    left: count('leave'),
    problemCount: problems.length,
    problems: problems.slice(0, IMPORT_PROBLEMS),
    changes: outcomes
      .flatMap(({ what, ...rest }) => (what === 'leave' ? [] : [{ ...rest, what }]))
      .slice(0, IMPORT_PROBLEMS),
  };
}

/** A file with a problem changes nothing. @throws MusterError `invalid` with each problem at `/rows/ROW/COLUMN` */
export function refuseProblems({ list }: Problems): void {
  if (list.length === 0) return;
  const few = list.toSorted((one, other) => one.row - other.row).slice(0, IMPORT_PROBLEMS);
  throw invalid(
    `Nothing was changed: the file has ${list.length.toLocaleString('en')} ${list.length === 1 ? 'problem' : 'problems'}.`,
    few.map(({ row, column, code, message, params }) => ({
      path: `/rows/${row}${column === null ? '' : `/${column}`}`,
      code: code as FaultCode,
      message,
      ...(params ? { params } : {}),
    })),
  );
}
