import { type Command, commandTimes, type Postcondition } from '@muster/contract/commands';
import type { DeviceType } from '@muster/contract/solution';
import type { Audited } from '../platform/audit.ts';
import { tell } from '../platform/bus.ts';
import { type Context, requireRecentProof, type TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { forbidden, invalid, notFound } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { newId } from '../platform/uuid.ts';
import { type CommandDefinition, defineCommand } from './definition.ts';
import { viewCommand } from './view.ts';

/** What somebody wants a device to do. */
export interface CommandWish {
  name: string;
  params?: Record<string, unknown>;
  timeoutMs?: number;
  postcondition?: Postcondition;
  approval?: boolean;
}

export type TypeOf = (id: string) => DeviceType;

/** A second person has so long to say yes, ms. */
const DECISION_MS = 24 * 3_600_000;

/**
 * Puts a command in line for a device, connected or not.
 * @throws MusterError `not_found`, `invalid`, `forbidden`, `step_up`
 */
export const sendCommand = (db: Db, ctx: Context, deviceId: string, wish: CommandWish, typeOf: TypeOf) =>
  mutation(db, ctx, 'command:send', async (inside): Promise<[Command, Audited]> => {
    const device = await inside.db
      .selectFrom('devices')
      .select(['number', 'type', 'place_id'])
      .where('device_id', '=', deviceId)
      .executeTakeFirst();
    if (!device) throw notFound('device');
    const type = typeOf(device.type);
    const definition = defineCommand(ctx, type, wish, requireRecentProof);
    requireThere(ctx, type, wish.name, device);
    checkPostcondition(type, wish.postcondition);
    const [row] = await insertCommands(inside, [device.number], wish, definition, null);
    if (!row) throw notFound('device');
    const { organizationId } = ctx;
    await tell(inside, {
      kind: 'command.changed',
      organizationId,
      number: device.number,
      deviceId,
      id: row.id,
      state: row.state as Command['state'],
    });
    const command = viewCommand(row, deviceId);
    const { name, params, state, expiresAt, postcondition } = command;
    return [
      command,
      {
        action: 'command.sent',
        object: `device:${deviceId}`,
        details: { id: row.id, name, params, state, expiresAt, postcondition },
      },
    ];
  });

/** The permission that a command asks for beside `command:send` must hold for this very device. @throws MusterError `forbidden` */
export function requireThere(
  ctx: Context,
  type: DeviceType,
  name: string,
  device: { number: number; place_id: string | null },
): void {
  const permission = Object.hasOwn(type.commands, name) ? type.commands[name]?.permission : undefined;
  const scope = permission === undefined ? 'everywhere' : ctx.grants.get(permission);
  if (scope === 'everywhere') return;
  const holds =
    scope?.devices.includes(device.number) || (device.place_id !== null && scope?.places.includes(device.place_id));
  if (!holds) throw forbidden();
}

/** @throws MusterError `invalid` for a metric that the device can not measure, or a value of another kind */
export function checkPostcondition(type: DeviceType, postcondition: Postcondition | undefined): void {
  if (!postcondition || type.open) return;
  const { metric, value } = postcondition;
  const refuse = (path: string, message: string) =>
    invalid('The postcondition is not right.', [{ path: `/postcondition${path}`, message, code: 'wrong-form' }]);
  const definition = Object.hasOwn(type.metrics, metric) ? type.metrics[metric] : undefined;
  if (!definition) throw refuse('/metric', `is not a metric of ${type.id}`);
  if (typeof value !== definition.kind) throw refuse('/value', `must be a ${definition.kind}, as ${metric} is`);
  if (definition.kind !== 'number' && !['==', '!='].includes(postcondition.operator)) {
    throw refuse('/operator', 'compares numbers');
  }
}

/** Rows for so many devices, in the order of their numbers. */
export async function insertCommands(
  inside: TransactionContext,
  devices: readonly number[],
  wish: CommandWish,
  { params, timeoutMs, approval }: CommandDefinition,
  batchId: string | null,
) {
  const expiresAt = new Date(Date.now() + (approval ? Math.min(DECISION_MS, commandTimes.most) : timeoutMs));
  const { kind, id, name } = inside.actor;
  const rest = {
    organization_id: inside.organizationId,
    name: wish.name,
    params: JSON.stringify(params),
    state: approval ? 'awaiting-approval' : 'queued',
    created_by: JSON.stringify({ kind, id, name }),
    timeout_ms: timeoutMs,
    expires_at: expiresAt,
    due_at: expiresAt,
    postcondition: wish.postcondition ? JSON.stringify({ ...wish.postcondition, observed: null }) : null,
    batch_id: batchId,
  };
  return inside.db
    .insertInto('commands')
    .values(devices.map((device) => ({ id: newId(), device, ...rest })))
    .returningAll()
    .execute();
}
