import type { CommandResult } from '@muster/contract/commands';
import type { TransactionContext } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import { type Step, takeStep } from './change.ts';
import type { CommandRow, Postcondition } from './view.ts';

/** What a device may still be given of its own answer in the list, bytes of JSON. */
const LARGEST_RESULT = 64 * 1024;
/** A device that has a command has at least so long for its answer, ms. */
const LEAST_ANSWER_MS = 60_000;

const LATE = ['expired', 'cancelled'];

/**
 * What a device says of a command. Its word stands: a command that was thought expired or cancelled and was done nevertheless is
 * shown as done. The same said again changes nothing.
 * @throws MusterError `not_found` for a command that this device never had
 */
export async function reportCommand(
  inside: TransactionContext,
  device: { number: number; deviceId: string },
  id: string,
  said: CommandResult,
): Promise<void> {
  const row = await inside.db
    .selectFrom('commands')
    .selectAll()
    .where('id', '=', id)
    .where('device', '=', device.number)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('command');
  const step = stepAfter(row, said, Date.now());
  if (step) await takeStep(inside, row, device.deviceId, step);
}

/** undefined: nothing new, or nothing that could be true. */
function stepAfter(row: CommandRow, said: CommandResult, now: number): Step | undefined {
  const isOpen = ['queued', 'sent', 'acknowledged'].includes(row.state);
  // it told of its end already, or a second person has not let it go
  if (!isOpen && !LATE.includes(row.state) && !isUnanswered(row)) return undefined;
  const acknowledged = { acknowledged_at: row.acknowledged_at ?? new Date(now), sent_at: row.sent_at ?? new Date(now) };
  if (said.state === 'acknowledged') {
    if (row.acknowledged_at !== null) return undefined;
    const answerBy = now + Math.max(Number(row.timeout_ms), LEAST_ANSWER_MS);
    return { state: 'acknowledged', ...acknowledged, due_at: new Date(answerBy), finished_at: null, error: null };
  }
  const result = said.result === undefined ? null : shorten(JSON.stringify(said.result));
  if (said.state === 'failed') {
    const error = said.error ?? 'The device says that it failed.';
    return { state: 'failed', ...acknowledged, finished_at: new Date(now), due_at: null, result, error };
  }
  const postcondition = row.postcondition as unknown as Postcondition | null;
  const due_at = postcondition ? new Date(now + postcondition.withinMs) : null;
  return { state: 'succeeded', ...acknowledged, finished_at: new Date(now), due_at, result, error: null };
}

/** It failed because no answer came, not because the device said so. */
const isUnanswered = (row: CommandRow) => row.state === 'failed' && row.error === NO_ANSWER;
export const NO_ANSWER = 'The device took it and gave no answer in time.';

const shorten = (json: string) =>
  json.length <= LARGEST_RESULT ? json : JSON.stringify({ truncated: json.slice(0, LARGEST_RESULT) });
