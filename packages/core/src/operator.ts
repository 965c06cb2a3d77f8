import { type Permission, permissions } from '@muster/contract/permissions';
import { sql } from 'kysely';
import { createOutbox, type Outbox } from './mail/index.ts';
import { type Context, grantEverywhere } from './platform/context.ts';
import { type Db, inAuthentication, openDb } from './platform/db/store.ts';
import { notFound } from './platform/errors.ts';
import type { Log } from './platform/log.ts';
import { findRunning, type Running } from './platform/running.ts';
import { openSecret } from './platform/secret.ts';
import { newId } from './platform/uuid.ts';

/** Whoever may read the data directory may act on its server: commands on the same machine. */
export interface Operator {
  running: Running;
  db: Db;
  /** Mail that the server sends. */
  outbox: Outbox;
  /** A context of an organization, by its slug; without one, of the only organization. @throws MusterError `not_found` */
  contextOf(slug?: string): Promise<Context>;
  stop(): Promise<void>;
}

/** @throws MusterError `unavailable` when no server runs on this data directory */
export async function openOperator(dataDir: string, log: Log): Promise<Operator> {
  const running = await findRunning(dataDir);
  const db = openDb(running.settings, log);
  const outbox = createOutbox(await openSecret(running.secretFile), running.sendsMail);
  return { running, db, outbox, contextOf: (slug) => operatorContext(db, slug), stop: db.stop };
}

/** @throws MusterError `not_found` */
export async function operatorContext(db: Db, slug?: string): Promise<Context> {
  const rows = await inAuthentication(db, async (trx) => {
    const found = await sql<{ id: string; number: number; slug: string }>`
      select id, number, slug from organizations where ${slug ?? null}::text is null or slug = ${slug ?? null} order by number limit 1`.execute(
      trx,
    );
    return found.rows;
  });
  const organization = rows[0];
  if (!organization) throw notFound('organization');
  return {
    organizationId: organization.id,
    organizationNumber: organization.number,
    organizationSlug: organization.slug,
    actor: { kind: 'system', id: 'cli', name: 'command line' },
    grants: grantEverywhere(Object.keys(permissions) as Permission[]),
    requestId: newId(),
  };
}
