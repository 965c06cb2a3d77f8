import type { Place } from '@muster/contract/places';
import type { Selectable } from 'kysely';
import type { DB } from '../platform/db/types.ts';
import { invalid } from '../platform/errors.ts';

export const viewPlace = (row: Selectable<DB['places']>): Place => ({
  id: row.id,
  parentId: row.parent_id,
  kind: row.kind,
  name: row.name,
  slug: row.slug,
  ...(row.address === null ? {} : { address: row.address }),
  timezone: row.timezone,
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
  if (timezone === null || timezone === undefined) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    throw invalid('The time zone is not known.', [
      { path: '/timezone', message: 'must be an IANA name such as Europe/Warsaw' },
    ]);
  }
}

/** @throws MusterError `invalid` unless a solution or the core brings this kind of place */
export function checkKind(kind: string, kinds: ReadonlySet<string>): void {
  if (kinds.has(kind)) return;
  throw invalid('There is no such kind of place.', [
    { path: '/kind', message: `must be one of ${[...kinds].join(', ')}` },
  ]);
}
