import type { ImportProblem } from '@muster/contract/imports';
import type Type from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { codeOf } from '../platform/http/schema-fault.ts';

/** Collects what is wrong with rows. */
export interface Problems {
  list: ImportProblem[];
  add(row: number, column: string | null, code: string, message: string, params?: Record<string, number>): void;
  /** Rows that have a problem. */
  rows: ReadonlySet<number>;
}

export function createProblems(list: readonly ImportProblem[]): Problems {
  const problems = [...list];
  const rows = new Set(list.map(({ row }) => row));
  return {
    list: problems,
    rows,
    add(row, column, code, message, params) {
      rows.add(row);
      problems.push({ row, column, code, message, ...(params ? { params } : {}) });
    },
  };
}

/** Checks values of columns by the schemas that the API has for the same fields. */
export function createCellCheck(schemas: Readonly<Record<string, Type.TSchema>>) {
  const compiled = new Map<string, Validator>();
  return (problems: Problems, row: number, column: string, value: unknown): boolean => {
    const schema = schemas[column];
    if (!schema) return true;
    let validator = compiled.get(column);
    if (!validator) {
      validator = Compile(schema) as unknown as Validator;
      compiled.set(column, validator);
    }
    if (validator.Check(value)) return true;
    const [fault] = validator.Errors(value);
    const { code = 'wrong-form', params } = fault
      ? codeOf({ ...fault, params: fault.params as Record<string, unknown> })
      : {};
    problems.add(row, column, code, fault?.message ?? 'is not right', params);
    return false;
  };
}

/** Attributes in one cell; undefined: it holds no JSON object. */
export function readAttributes(cell: string): Record<string, string | number | boolean> | undefined {
  if (cell === '') return {};
  try {
    const value: unknown = JSON.parse(cell);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, string | number | boolean>;
  } catch {
    // falls through
  }
  return undefined;
}

/** The same object, whatever the order of its fields. */
export const sameObject = (one: object, other: object): boolean => sorted(one) === sorted(other);
const sorted = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

export const sameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((entry, index) => entry === other[index]);
