import type { Permission } from '@muster/contract/permissions';
import { sql } from 'kysely';
import type { AccessCatalogue } from '../../access/index.ts';
import { placeIdsBelow } from '../../places/index.ts';
import type { Context, Scope } from '../../platform/context.ts';
import { type Db, inAuthentication } from '../../platform/db/store.ts';
import { unauthenticated } from '../../platform/errors.ts';
import { hashToken } from '../../platform/token.ts';
import type { Caller } from '../user-row.ts';

/** Finds out what a key opens. */
export interface ApiKeys {
  /** @throws MusterError `unauthenticated` for a key that is unknown, revoked or over */
  contextOf(secret: string, caller: Caller): Promise<Context>;
  /** Something about keys was changed: they are looked up again. */
  forget(): void;
}

interface Row {
  id: string;
  name: string;
  organization_id: string;
  organization_number: number;
  slug: string;
  operates: boolean;
  permissions: Permission[];
  places: string[] | null;
  device: number | null;
  /** ms since 1970: when this secret ends; null: it does not. */
  ends_at: number | null;
}

/** A key is looked up again after this time, as sessions are. */
const KNOWN_MS = 2000;
/** The last use is written down so often at most. */
const NOTED_MS = 60_000;
const MAXIMUM_KNOWN = 10_000;

export function createApiKeys(db: Db, catalogue: AccessCatalogue): ApiKeys {
  const known = new Map<string, { at: number; row: Row }>();
  const noted = new Map<string, number>();

  async function contextOf(secret: string, caller: Caller): Promise<Context> {
    const hash = hashToken(secret);
    const key = hash.toString('hex');
    let found = known.get(key);
    if (!found || performance.now() - found.at > KNOWN_MS) {
      const row = await readKey(db, hash);
      if (!row) throw unauthenticated('This API key opens nothing.');
      if (known.size > MAXIMUM_KNOWN) known.clear();
      found = { at: performance.now(), row };
      known.set(key, found);
    }
    const { row } = found;
    if (row.ends_at !== null && row.ends_at <= Date.now()) throw unauthenticated('This API key is over.');
    note(row, caller.address);
    return {
      organizationId: row.organization_id,
      organizationNumber: row.organization_number,
      organizationSlug: row.slug,
      actor: { kind: 'api-key', id: row.id, name: row.name },
      grants: new Map(row.permissions.filter((one) => mayHold(one, row)).map((one) => [one, scopeOf(row)])),
      requestId: caller.requestId,
      address: caller.address,
      userAgent: caller.userAgent.slice(0, 300),
    };
  }

  const mayHold = (permission: Permission, { operates }: Row) => {
    const of = catalogue.permissions.get(permission)?.of;
    return of !== undefined && (of !== 'installation' || operates);
  };

  /** Nobody waits for it, and a store that is away loses no more than that. */
  function note({ id }: Row, address: string): void {
    const now = performance.now();
    if (now - (noted.get(id) ?? -NOTED_MS) < NOTED_MS) return;
    if (noted.size > MAXIMUM_KNOWN) noted.clear();
    noted.set(id, now);
    inAuthentication(db, (trx) =>
      trx
        .updateTable('api_keys')
        .set({ last_used_at: new Date(), last_address: address })
        .where('id', '=', id)
        .execute(),
    ).catch(() => noted.delete(id));
  }

  return { contextOf, forget: () => known.clear() };
}

const scopeOf = ({ places, device }: Row): Scope =>
  places === null && device === null
    ? 'everywhere'
    : { places: places ?? [], devices: device === null ? [] : [device] };

function readKey(db: Db, hash: Buffer): Promise<Row | undefined> {
  return inAuthentication(db, async (trx) => {
    const { rows } = await sql<Row>`
      select k.id, k.name, k.organization_id, o.number as organization_number, o.slug, o.operates, k.permissions, k.device,
        (extract(epoch from case when k.hash = ${hash} then k.expires_at else least(k.old_ends_at, k.expires_at) end) * 1000)::float8 as ends_at,
        ${placeIdsBelow('k.organization_id', 'k.place_id')} as places
      from api_keys k join organizations o on o.id = k.organization_id
      where k.hash = ${hash} or k.old_hash = ${hash}`.execute(trx);
    return rows[0];
  });
}
