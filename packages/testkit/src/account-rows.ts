import type { Value } from '@muster/contract/telemetry';
import { type Api, bodyOf } from './api.ts';
import type { ServerProcess } from './server-process.ts';
import { query } from './server-process-operator.ts';

/** One message as it is kept. */
export interface StoredMessage {
  deviceId: string;
  boot: string | null;
  seq: number | null;
  /** The device's time, and when the server had it; ms since 1970. */
  ts: number;
  received: number;
  values: Record<string, Value>;
}

interface Row {
  device_id: string;
  boot: string | null;
  seq: number | null;
  ts: number;
  received: number;
  metrics: string[];
  values: (number | null)[];
  other: Record<string, Value> | null;
}

/** Every message that the store holds, read past the server. */
export async function readStored(server: ServerProcess): Promise<StoredMessage[]> {
  const rows = await query<Row>(
    server,
    `select d.device_id, b.boot, t.seq, (extract(epoch from t.ts) * 1000)::float8 as ts,
       (extract(epoch from t.received) * 1000)::float8 as received, l.metrics, t."values", t.other
     from telemetry t join devices d on d.number = t.device join telemetry_layouts l on l.id = t.layout
       left join device_boots b on b.id = t.boot`,
  );
  return rows.map(({ device_id: deviceId, metrics, values, other, ...row }) => {
    const named: Record<string, Value> = {};
    for (const [index, metric] of metrics.entries()) {
      const value = values[index];
      if (value !== null && value !== undefined) named[metric] = value;
    }
    const { $quality: _, ...rest } = other ?? {};
    return {
      deviceId,
      boot: row.boot,
      seq: row.seq,
      ts: row.ts,
      received: row.received,
      values: { ...named, ...rest },
    };
  });
}

/** Every message of a device as the API exports it. */
export async function exportStored(api: Api, deviceId: string): Promise<StoredMessage[]> {
  const day = 86_400_000;
  const answer = await api.get(`/devices/${deviceId}/telemetry/export`, {
    query: {
      format: 'ndjson',
      from: new Date(Date.now() - 2 * day).toISOString(),
      to: new Date(Date.now() + 2 * day).toISOString(),
    },
  });
  await bodyOf(answer, 200);
  return answer.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { ts, receivedAt, boot = null, seq = null, values } = JSON.parse(line);
      return { deviceId, boot, seq, ts: Date.parse(ts), received: Date.parse(receivedAt), values };
    });
}
