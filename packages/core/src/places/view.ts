import type { Place } from '@muster/contract/places';
import type { Selectable } from 'kysely';
import type { DB } from '../platform/db/types.ts';
import { invalid } from '../platform/errors.ts';

export type PlaceRow = Selectable<DB['places']>;

export const viewPlace = (row: PlaceRow): Place => ({
  id: row.id,
  parentId: row.parent_id,
  kind: row.kind,
  name: row.name,
  slug: row.slug,
  ...(row.address === null ? {} : { address: row.address }),
  timezone: row.timezone,
  labels: row.labels,
  effective: {
    timezone: row.timezone ?? row.inherited_timezone ?? 'UTC',
    labels: [...new Set([...row.inherited_labels, ...row.labels])],
  },
  attributes: row.attributes as Record<string, unknown>,
  ...(row.capacity === null ? {} : { capacity: row.capacity }),
  version: row.version,
});

/** A name as an address shows it: letters and digits of ASCII, the rest as dashes. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[łŁ]/g, 'l')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return plain || 'place';
}

/** @throws MusterError `invalid` unless it is a zone that the runtime knows */
export function checkTimezone(timezone: string | null | undefined): void {
  if (timezone === null || timezone === undefined || isTimezone(timezone)) return;
  throw invalid('The time zone is not known.', [
    { path: '/timezone', code: 'timezone-unknown', message: 'must be an IANA name such as Europe/Warsaw' },
  ]);
}

/** Is it an IANA name that the runtime knows? An offset such as `+02:00` is none. */
export function isTimezone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return !/^[+-]/.test(timezone);
  } catch {
    return false;
  }
}
