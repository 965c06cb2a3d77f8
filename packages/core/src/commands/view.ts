import type { Command, CommandState } from '@muster/contract/commands';
import type { Selectable } from 'kysely';
import type { DB } from '../platform/db/types.ts';

export type CommandRow = Selectable<DB['commands']>;

type Actor = Command['createdBy'];
export type Postcondition = NonNullable<Command['postcondition']>;

const time = (at: Date | null) => at?.toISOString() ?? null;

export const viewCommand = (row: CommandRow, deviceId: string): Command => ({
  id: row.id,
  deviceId,
  name: row.name,
  params: row.params as Record<string, unknown>,
  state: row.state as CommandState,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by as unknown as Actor,
  expiresAt: row.expires_at.toISOString(),
  decidedBy: row.decided_by as unknown as Actor | null,
  sentAt: time(row.sent_at),
  acknowledgedAt: time(row.acknowledged_at),
  finishedAt: time(row.finished_at),
  result: row.result,
  error: row.error,
  postcondition: row.postcondition as unknown as Postcondition | null,
  batchId: row.batch_id,
});
