import type { Command } from '@muster/contract/commands';
import type { DeviceType } from '@muster/contract/solution';
import type { Audited } from '../platform/audit.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { forbidden } from '../platform/errors.ts';
import { mutation } from '../platform/mutation.ts';
import { takeStep } from './change.ts';
import { tooLate } from './definition.ts';
import { readCommand } from './list.ts';
import { requireThere, type TypeOf } from './send.ts';
import { viewCommand } from './view.ts';

type Decision = { yes: true } | { yes: false; reason?: string };

/**
 * A second person says yes, and the device has its time from now on; or no.
 * @throws MusterError `forbidden` for who sent it himself, or may not send it, `conflict` when it waits for nobody, `not_found`
 */
export const decideCommand = (db: Db, ctx: Context, deviceId: string, id: string, decision: Decision, typeOf: TypeOf) =>
  mutation(db, ctx, 'command:approve', async (inside): Promise<[Command, Audited]> => {
    const before = await readCommand(inside, deviceId, id, { lock: true });
    if (before.state !== 'awaiting-approval') throw tooLate(before.state);
    const { kind, id: actorId, name } = ctx.actor;
    const sender = before.created_by as unknown as Command['createdBy'];
    if (decision.yes && sender.kind === kind && sender.id === actorId) {
      throw forbidden('Somebody else than who sent it must say yes.');
    }
    if (decision.yes) await requireAsSender(inside, before.device, before.name, typeOf);
    const now = Date.now();
    const decided_by = JSON.stringify({ kind, id: actorId, name });
    const until = new Date(now + Number(before.timeout_ms));
    const row = await takeStep(
      inside,
      before,
      deviceId,
      decision.yes
        ? { state: 'queued', decided_by, expires_at: until, due_at: until }
        : { state: 'rejected', decided_by, finished_at: new Date(now), due_at: null, error: decision.reason ?? null },
    );
    const action = decision.yes ? 'command.approved' : 'command.rejected';
    const details = { id, name: row.name, sender, ...(row.error === null ? {} : { reason: row.error }) };
    return [viewCommand(row, deviceId), { action, object: `device:${deviceId}`, details }];
  });

/** Who says yes could have sent it. */
async function requireAsSender(
  inside: Parameters<typeof readCommand>[0],
  number: number,
  name: string,
  typeOf: (id: string) => DeviceType,
): Promise<void> {
  const device = await inside.db
    .selectFrom('devices')
    .select(['number', 'type', 'place_id'])
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  requireThere(inside, typeOf(device.type), name, device);
}
