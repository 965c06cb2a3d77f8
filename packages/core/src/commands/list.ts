import type { Command, CommandState } from '@muster/contract/commands';
import { sql } from 'kysely';
import type { Context, TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { notFound } from '../platform/errors.ts';
import { reading } from '../platform/mutation.ts';
import { page, readCursor } from '../platform/paging.ts';
import { type CommandRow, viewCommand } from './view.ts';

/** Of a device, newest first. @throws MusterError `not_found` */
export const listCommands = (
  db: Db,
  ctx: Context,
  deviceId: string,
  { limit = 50, cursor, state }: { limit?: number; cursor?: string; state?: CommandState },
) =>
  reading(db, ctx, 'command:read', async (inside) => {
    const [before] = readCursor(cursor, 1) ?? [];
    const number = await numberOf(inside, deviceId);
    let query = inside.db
      .selectFrom('commands')
      .selectAll()
      .where('device', '=', number)
      .orderBy('place_in_line', 'desc')
      .limit(limit + 1);
    if (state) query = query.where('state', '=', state);
    if (before !== undefined) query = query.where(sql<boolean>`place_in_line < ${Number(before)}`);
    return page(
      await query.execute(),
      limit,
      (row) => viewCommand(row, deviceId),
      (row) => [String(row.place_in_line)],
    );
  });

/** @throws MusterError `not_found` */
export const getCommand = (db: Db, ctx: Context, deviceId: string, id: string): Promise<Command> =>
  reading(db, ctx, 'command:read', async (inside) => viewCommand(await readCommand(inside, deviceId, id), deviceId));

/** @throws MusterError `not_found` */
async function numberOf({ db }: TransactionContext, deviceId: string): Promise<number> {
  const device = await db.selectFrom('devices').select('number').where('device_id', '=', deviceId).executeTakeFirst();
  if (!device) throw notFound('device');
  return device.number;
}

/** A command of a device, held until the end of the transaction where it is to be changed. @throws MusterError `not_found` */
export async function readCommand(
  inside: TransactionContext,
  deviceId: string,
  id: string,
  { lock = false } = {},
): Promise<CommandRow> {
  const number = await numberOf(inside, deviceId);
  const query = inside.db.selectFrom('commands').selectAll().where('id', '=', id).where('device', '=', number);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  if (!row) throw notFound('command');
  return row;
}
