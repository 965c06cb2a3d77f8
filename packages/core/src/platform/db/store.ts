import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import type pg from 'pg';
import type { BusMessage } from '../bus-message.ts';
import type { Context, Scope, TransactionContext } from '../context.ts';
import { forbidden, MusterError, malformed, unavailable } from '../errors.ts';
import type { Log } from '../log.ts';
import { type ConnectionSettings, createPool } from './pool.ts';
import type { DB as Database } from './types.ts';

/** The tables, as the verbs reach them. */
export interface Db {
  settings: ConnectionSettings;
  pool: pg.Pool;
  kysely: Kysely<Database>;
  /** Hears what a transaction of this process told, after its commit. */
  onTold: (message: BusMessage) => void;
  stop(): Promise<void>;
}

export function openDb(settings: ConnectionSettings, log: Log): Db {
  const pool = createPool(settings, 'muster_app', 8, log);
  const kysely = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return { settings, pool, kysely, onTold: () => undefined, stop: () => kysely.destroy() };
}

/**
 * Runs `work` in a transaction that sees and changes the context's organization only, and of it what lies in `scope`: the
 * tables' own policies keep to both (migrations/0002).
 */
export function inOrganization<T>(
  db: Db,
  ctx: Context,
  work: (ctx: TransactionContext) => Promise<T>,
  scope: Scope = 'everywhere',
): Promise<T> {
  const told: BusMessage[] = [];
  return storeErrors(async () => {
    const result = await db.kysely.transaction().execute(async (trx) => {
      await setTenant(trx, ctx, scope);
      return work({ ...ctx, db: trx, told });
    });
    for (const message of told) db.onTold(message);
    return result;
  });
}

/** Whose rows the transaction sees and changes from now on, and which of them. */
async function setTenant(
  trx: Transaction<Database>,
  { organizationId, organizationNumber }: Context,
  scope: Scope,
): Promise<void> {
  const { places, devices } = scope === 'everywhere' ? nowhere : scope;
  await sql`select set_config('muster.organization', ${organizationId}, true),
    set_config('muster.organization_number', ${String(organizationNumber)}, true),
    set_config('muster.scope', ${scope === 'everywhere' ? 'everywhere' : 'some'}, true),
    set_config('muster.scope_places', ${places.join()}, true),
    set_config('muster.scope_devices', ${devices.join()}, true)`.execute(trx);
}

const nowhere = { places: [], devices: [] };

/**
 * Runs `work` in the same transaction for another organization, and comes back to the context's own, everywhere in it. For whoever
 * looks after the installation, by a permission of it.
 */
export async function inOther<T>(
  ctx: TransactionContext,
  { id, number, slug }: { id: string; number: number; slug: string },
  work: (other: TransactionContext) => Promise<T>,
): Promise<T> {
  const other = { ...ctx, organizationId: id, organizationNumber: number, organizationSlug: slug };
  await setTenant(ctx.db, other, 'everywhere');
  const result = await work(other);
  // after a failure the transaction does nothing any more
  await setTenant(ctx.db, ctx, 'everywhere');
  return result;
}

/**
 * Runs a look with the whole organization in sight, within a transaction that sees some of it: for rules that hold for everybody, such
 * as how many devices a place takes. What it finds is not for the caller.
 */
export async function inWhole<T>({ db }: TransactionContext, work: () => Promise<T>): Promise<T> {
  const { rows } = await sql<{ scope: string }>`select current_setting('muster.scope') as scope`.execute(db);
  const scope = rows[0]?.scope;
  if (scope === 'everywhere') return work();
  await sql`select set_config('muster.scope', 'everywhere', true)`.execute(db);
  const result = await work();
  // after a failure the transaction does nothing any more
  await sql`select set_config('muster.scope', ${scope}, true)`.execute(db);
  return result;
}

/** Runs `work` as the role that finds out who calls: it sees credentials and mails of every organization, and nothing else. */
export function inAuthentication<T>(db: Db, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
  return storeErrors(() =>
    db.kysely.transaction().execute(async (trx) => {
      await sql`select set_config('role', 'muster_auth', true)`.execute(trx);
      return work(trx);
    }),
  );
}

/** Says of a failure of the store what a caller may know: it is away, or the change clashes. */
async function storeErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MusterError) throw error;
    if (isStoreAway(error)) throw unavailable('The store is away. Try again in a moment.', 2, error);
    if (isOutOfScope(error)) throw forbidden('This lies outside of the places and devices that you may change.');
    if (isUnreadable(error))
      throw malformed('The request holds a text that can not be stored or looked for.', [], error);
    throw error;
  }
}

/** A row was to be written where the policies of migrations/0002 do not let it be. */
const isOutOfScope = (error: unknown): boolean =>
  (error as { code?: string }).code === '42501' && /row-level security/.test((error as Error).message);

/** NUL in a text, or a made-up cursor that holds no time, no id and no number: what only PostgreSQL finds wrong in an input. */
const isUnreadable = (error: unknown): boolean =>
  ['22021', '22P05', '22P02', '22007', '22008', '22003'].includes((error as { code?: string }).code ?? '');

/** Is this the fault of a store that is away or full, and not of what it was asked? */
export function isStoreAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^(?:08|53|57|58|25006)/.test(code)) return true;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return true;
  return (
    typeof message === 'string' &&
    /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed|connection error/i.test(
      message,
    )
  );
}

export const isUniqueViolation = (error: unknown): boolean => (error as { code?: string }).code === '23505';
export const isDeadlock = (error: unknown): boolean => (error as { code?: string }).code === '40P01';

/** The name of the index or constraint that refused a row; undefined: nothing did. */
export const violatedName = (error: unknown): string | undefined => (error as { constraint?: string }).constraint;
export const isForeignKeyViolation = (error: unknown): boolean => (error as { code?: string }).code === '23503';
