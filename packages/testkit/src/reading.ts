import type { Ledger, Value } from '@muster/contract/telemetry';
import { type Api, bodyOf } from './api.ts';
import { until } from './until.ts';

/** A stored message, as the NDJSON export answers it. */
export interface StoredMessage {
  ts: string;
  receivedAt: string;
  boot?: string;
  seq?: number;
  values: Record<string, Value>;
  quality?: Record<string, string>;
}

const DAY_MS = 86_400_000;

/** Everything stored of a device, in the order of its times. */
export async function storedMessages(api: Api, deviceId: string): Promise<StoredMessage[]> {
  const from = new Date(Date.now() - 4000 * DAY_MS + 400 * DAY_MS).toISOString();
  const to = new Date(Date.now() + 2 * DAY_MS).toISOString();
  const path = `/devices/${deviceId}/telemetry/export`;
  const answer = await api.get(path, { query: { format: 'ndjson', from, to } });
  await bodyOf(answer, 200);
  const lines = answer.text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as StoredMessage);
}

/** The ledger of an organization, or of one device. */
export const ledgerOf = (api: Api, deviceId?: string): Promise<Ledger> =>
  bodyOf(api.get<Ledger>('/telemetry/ledger', { query: { deviceId } }), 200);

/** What `received` must be at every moment. */
export const accountedFor = ({ stored, duplicates, rejected, pending }: Ledger): number =>
  stored + duplicates + pending + Object.values(rejected).reduce((sum, messages) => sum + messages, 0);

/** Waits until nothing is pending, and answers the ledger. */
export const settledLedger = (api: Api, deviceId?: string): Promise<Ledger> =>
  until(async () => {
    const ledger = await ledgerOf(api, deviceId);
    return ledger.pending === 0 ? ledger : undefined;
  }, 'nothing is pending');
