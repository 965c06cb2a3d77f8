import type { Command } from '@muster/contract/commands';
import type { Audited } from '../platform/audit.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { mutation } from '../platform/mutation.ts';
import { takeStep } from './change.ts';
import { tooLate } from './definition.ts';
import { readCommand } from './list.ts';
import { viewCommand } from './view.ts';

/**
 * Takes back a command that the device has not taken. One that was sent may be on its way: when the device says that it did it,
 * that is what stands.
 * @throws MusterError `not_found`, `conflict` when the device has it already, or it is over
 */
export const cancelCommand = (db: Db, ctx: Context, deviceId: string, id: string) =>
  mutation(db, ctx, 'command:send', async (inside): Promise<[Command, Audited]> => {
    const before = await readCommand(inside, deviceId, id, { lock: true });
    if (!['awaiting-approval', 'queued', 'sent'].includes(before.state)) throw tooLate(before.state);
    const row = await takeStep(inside, before, deviceId, {
      state: 'cancelled',
      finished_at: new Date(),
      due_at: null,
    });
    const details = { id, name: row.name, before: { state: before.state }, after: { state: row.state } };
    return [viewCommand(row, deviceId), { action: 'command.cancelled', object: `device:${deviceId}`, details }];
  });
