import { malformed } from './errors.ts';

/** A cursor is the sort key of the last row, opaque to callers. */
export const writeCursor = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** @throws MusterError `malformed` unless it is a cursor of `length` parts */
export function readCursor(cursor: string | undefined, length: number): string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string')) return key;
  } catch {
    // falls through to the refusal
  }
  throw malformed('The cursor is not one of this list.', [
    { path: '/cursor', message: 'is not a cursor of this list' },
  ]);
}

/** Cuts a page off rows of which one more than `limit` was asked. */
export function page<Row, Item>(
  rows: Row[],
  limit: number,
  view: (row: Row) => Item,
  keyOf: (row: Row) => string[],
): { items: Item[]; nextCursor: string | null } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { items: kept.map(view), nextCursor: rows.length > limit && last ? writeCursor(keyOf(last)) : null };
}
