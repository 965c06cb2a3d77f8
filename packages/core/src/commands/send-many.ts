import type { CommandBatch } from '@muster/contract/commands';
import { sql } from 'kysely';
import { placesBelow } from '../places/index.ts';
import type { Audited } from '../platform/audit.ts';
import { tell } from '../platform/bus.ts';
import { type Context, requireRecentProof, type TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { invalid, notFound } from '../platform/errors.ts';
import { mutation, reading } from '../platform/mutation.ts';
import { newId } from '../platform/uuid.ts';
import { defineCommand } from './definition.ts';
import { type CommandWish, checkPostcondition, insertCommands, requireThere, type TypeOf } from './send.ts';

/** Which devices: these, or those of a type at and below a place. */
export interface Selection {
  deviceIds?: readonly string[];
  placeId?: string;
  type?: string;
}

const ROWS_AT_ONCE = 1000;
const MOST_DEVICES = 10_000;

/**
 * The same command for many devices, all or none. Each device then goes its own way.
 * @throws MusterError as for one; `invalid` when no device is meant, or one that is not there
 */
export const sendToMany = (
  db: Db,
  ctx: Context,
  wish: CommandWish & Selection,
  typeOf: TypeOf,
): Promise<CommandBatch> =>
  mutation(db, ctx, 'command:send', async (inside): Promise<[CommandBatch, Audited]> => {
    const devices = await select(inside, wish);
    const id = newId();
    const { kind, id: actorId, name: actorName } = ctx.actor;
    await inside.db
      .insertInto('command_batches')
      .values({
        id,
        organization_id: ctx.organizationId,
        name: wish.name,
        params: JSON.stringify(wish.params ?? {}),
        created_by: JSON.stringify({ kind, id: actorId, name: actorName }),
      })
      .execute();
    for (const [typeId, members] of Map.groupBy(devices, ({ type }) => type)) {
      const type = typeOf(typeId);
      const definition = defineCommand(ctx, type, wish, requireRecentProof);
      checkPostcondition(type, wish.postcondition);
      for (const device of members) requireThere(ctx, type, wish.name, device);
      for (let from = 0; from < members.length; from += ROWS_AT_ONCE) {
        const part = members.slice(from, from + ROWS_AT_ONCE).map(({ number }) => number);
        await insertCommands(inside, part, wish, definition, id);
      }
    }
    await tell(inside, { kind: 'commands.queued', organizationId: ctx.organizationId });
    const batch = await readBatch(inside, id);
    const { deviceIds, placeId, type } = wish;
    const details = { id, name: wish.name, params: batch.params, total: batch.total, deviceIds, placeId, type };
    return [batch, { action: 'command.sent_to_many', object: `command-batch:${id}`, details }];
  });

/** @throws MusterError `not_found` */
export const getBatch = (db: Db, ctx: Context, id: string): Promise<CommandBatch> =>
  reading(db, ctx, 'command:read', (inside) => readBatch(inside, id));

/** Takes back what no device has taken. @throws MusterError `not_found` */
export const cancelBatch = (db: Db, ctx: Context, id: string): Promise<CommandBatch> =>
  mutation(db, ctx, 'command:send', async (inside): Promise<[CommandBatch, Audited]> => {
    const before = await readBatch(inside, id);
    await inside.db
      .updateTable('commands')
      .set({ state: 'cancelled', finished_at: new Date(), due_at: null })
      .where('batch_id', '=', id)
      .where('state', 'in', ['awaiting-approval', 'queued', 'sent'])
      .execute();
    const after = await readBatch(inside, id);
    const details = { name: before.name, before: before.states, after: after.states };
    return [after, { action: 'command.cancelled', object: `command-batch:${id}`, details }];
  });

async function select({ db }: TransactionContext, { deviceIds, placeId, type }: Selection) {
  if (!deviceIds && !placeId) {
    throw invalid('Say which devices.', [{ path: '/deviceIds', message: 'or a placeId is needed', code: 'missing' }]);
  }
  let query = db.selectFrom('devices').select(['number', 'device_id', 'type', 'place_id']).orderBy('number');
  if (deviceIds) query = query.where('device_id', 'in', [...deviceIds]);
  if (placeId) query = query.where(sql<boolean>`place_id in ${placesBelow(placeId)}`);
  if (type) query = query.where('type', '=', type);
  const devices = await query.limit(MOST_DEVICES + 1).execute();
  const refuse = (path: string, message: string) =>
    invalid('These are not devices that can be told.', [{ path, message, code: 'wrong-form' }]);
  if (deviceIds && devices.length < deviceIds.length) {
    const there = new Set(devices.map(({ device_id }) => device_id));
    throw refuse('/deviceIds', `${deviceIds.find((each) => !there.has(each))} is not there`);
  }
  if (devices.length === 0) throw refuse('/placeId', 'has no such device');
  if (devices.length > MOST_DEVICES) throw refuse('/placeId', `has more than ${MOST_DEVICES} devices`);
  return devices;
}

async function readBatch({ db }: TransactionContext, id: string): Promise<CommandBatch> {
  const row = await db.selectFrom('command_batches').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('command batch');
  const states = await db
    .selectFrom('commands')
    .select(['state', ({ fn }) => fn.countAll<number>().as('count')])
    .where('batch_id', '=', id)
    .groupBy('state')
    .execute();
  return {
    id,
    name: row.name,
    params: row.params as Record<string, unknown>,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by as unknown as CommandBatch['createdBy'],
    total: states.reduce((sum, { count }) => sum + Number(count), 0),
    states: Object.fromEntries(states.map(({ state, count }) => [state, Number(count)])),
  };
}
