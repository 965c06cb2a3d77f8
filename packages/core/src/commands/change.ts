import type { CommandState } from '@muster/contract/commands';
import { tell } from '../platform/bus.ts';
import type { TransactionContext } from '../platform/context.ts';
import type { CommandRow } from './view.ts';

/** What may be written of a command when it goes on. */
export type Step = { state: CommandState } & Partial<
  Pick<CommandRow, 'sent_at' | 'acknowledged_at' | 'finished_at' | 'due_at' | 'expires_at' | 'error'>
> & { decided_by?: string; result?: string | null; postcondition?: string | null };

/** Writes a step of a command that is held, and tells who watches. */
export async function takeStep(
  inside: TransactionContext,
  command: Pick<CommandRow, 'id' | 'device'>,
  deviceId: string,
  step: Step,
): Promise<CommandRow> {
  const row = await inside.db
    .updateTable('commands')
    .set(step)
    .where('id', '=', command.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await tell(inside, {
    kind: 'command.changed',
    organizationId: inside.organizationId,
    number: command.device,
    deviceId,
    id: command.id,
    state: step.state,
  });
  return row;
}

/**
 * Takes for devices what waits for them, in their order, and marks it sent.
 * @param devices `again`: with what was sent before and not acknowledged
 */
export async function takeSteps(
  inside: TransactionContext,
  devices: readonly { number: number; deviceId: string; again: boolean }[],
): Promise<CommandRow[]> {
  const known = new Map(devices.map((device) => [device.number, device]));
  const rows = await inside.db
    .selectFrom('commands')
    .selectAll()
    .where('device', 'in', [...known.keys()])
    .where('state', 'in', ['queued', 'sent'])
    .where('expires_at', '>', new Date())
    .orderBy('place_in_line')
    .forUpdate()
    .execute();
  const taken = rows.filter(({ state, device }) => state === 'queued' || known.get(device)?.again);
  const fresh = taken.filter(({ state }) => state === 'queued');
  if (fresh.length > 0) {
    await inside.db
      .updateTable('commands')
      .set({ state: 'sent', sent_at: new Date() })
      .where(
        'id',
        'in',
        fresh.map(({ id }) => id),
      )
      .execute();
  }
  const { organizationId } = inside;
  const changes = fresh.map(({ id, device: number }) => {
    const deviceId = known.get(number)?.deviceId as string;
    return { kind: 'command.changed', organizationId, number, deviceId, id, state: 'sent' } as const;
  });
  await tell(inside, ...changes);
  return taken;
}
