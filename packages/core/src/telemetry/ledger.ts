import type { Ledger, RejectReason } from '@muster/contract/telemetry';

/** What became of every message: `received = stored + duplicates + sum(rejected) + pending` at every moment. */
export interface Count {
  received: number;
  stored: number;
  duplicates: number;
  pending: number;
  rejected: Partial<Record<RejectReason, number>>;
}

export const emptyCount = (): Count => ({ received: 0, stored: 0, duplicates: 0, pending: 0, rejected: {} });

export function countRejected(count: Count, reason: RejectReason, messages: number): void {
  count.received += messages;
  count.rejected[reason] = (count.rejected[reason] ?? 0) + messages;
}

export const viewCount = ({ received, stored, duplicates, rejected, pending }: Count): Ledger => ({
  received,
  stored,
  duplicates,
  rejected: { ...rejected } as Record<string, number>,
  pending,
});
