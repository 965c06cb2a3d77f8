import type { Value } from '@muster/contract/telemetry';
import { sql } from 'kysely';
import type { TransactionContext } from '../platform/context.ts';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import { type Step, takeStep } from './change.ts';
import { NO_ANSWER } from './report.ts';
import type { CommandRow, Postcondition } from './view.ts';

/** A command for which something should have happened by now. */
export interface Due {
  id: string;
  device: number;
  deviceId: string;
  organization: { id: string; number: number; slug: string };
}

const AT_ONCE = 500;
const LONGEST_MS = 60_000;

/** Those whose time is over, and in how many ms the next one's is. */
export async function findDue(db: Db): Promise<{ due: Due[]; nextMs: number }> {
  return inAuthentication(db, async (trx) => {
    const { rows } = await sql<Due>`
      select c.id, c.device, d.device_id as "deviceId", json_build_object('id', o.id, 'number', o.number, 'slug', o.slug) as organization
      from commands c join devices d on d.organization_id = c.organization_id and d.number = c.device
      join organizations o on o.id = c.organization_id
      where c.due_at <= now() order by c.due_at limit ${AT_ONCE}`.execute(trx);
    const next = await sql<{ ms: number | null }>`
      select (extract(epoch from min(due_at) - now()) * 1000)::float8 as ms from commands where due_at > now()`.execute(
      trx,
    );
    const ms = rows.length === AT_ONCE ? 0 : (next.rows[0]?.ms ?? LONGEST_MS);
    return { due: rows, nextMs: Math.min(LONGEST_MS, ms) };
  });
}

/** What happens when its time is over and nobody said more. @param observed what was measured last of its postcondition */
export async function settle(
  inside: TransactionContext,
  { id, deviceId }: Due,
  observed: Value | undefined,
): Promise<void> {
  const row = await inside.db
    .selectFrom('commands')
    .selectAll()
    .where('id', '=', id)
    .where('due_at', '<=', new Date())
    .forUpdate()
    .executeTakeFirst();
  if (row) await takeStep(inside, row, deviceId, { ...endOf(row, observed), due_at: null });
}

function endOf(row: CommandRow, observed: Value | undefined): Step {
  const finished_at = new Date();
  switch (row.state) {
    case 'awaiting-approval':
      return { state: 'expired', finished_at, error: 'Nobody said yes in time.' };
    case 'acknowledged':
      return { state: 'failed', finished_at, error: NO_ANSWER };
    case 'succeeded':
      return missed(row.postcondition as unknown as Postcondition, observed);
    default:
      return { state: 'expired', finished_at, error: 'The device did not take it in time.' };
  }
}

function missed(postcondition: Postcondition, observed: Value | undefined): Step {
  const { metric, operator, value, withinMs } = postcondition;
  const wanted = `${metric} ${operator} ${value} within ${withinMs / 1000} s`;
  const was = observed === undefined ? `${metric} was not measured` : `${metric} was ${observed}`;
  return {
    state: 'failed',
    finished_at: new Date(),
    error: `The device says that it is done, but ${was}: not ${wanted}.`,
    postcondition: JSON.stringify({ ...postcondition, observed: observed ?? null }),
  };
}
