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
  layout: number;
  values: (number | null)[];
  other: Record<string, Value> | null;
}

/** Every message that the store holds, read past the server. */
export async function readStored(server: ServerProcess): Promise<StoredMessage[]> {
  // JSON is read many times faster than an array, and a layout once is enough
  const layouts = await query<{ id: number; metrics: string[] }>(server, 'select id, metrics from telemetry_layouts');
  const metricsOf = new Map(layouts.map(({ id, metrics }) => [id, metrics]));
  const rows = await query<Row>(
    server,
    `select d.device_id, b.boot, t.seq, (extract(epoch from t.ts) * 1000)::float8 as ts,
       (extract(epoch from t.received) * 1000)::float8 as received, t.layout, array_to_json(t."values") as "values", t.other
     from telemetry t join devices d on d.number = t.device left join device_boots b on b.id = t.boot`,
  );
  return rows.map(({ device_id: deviceId, layout, values, other, ...row }) => {
    const { $quality: _, ...named } = other ?? {};
    for (const [index, metric] of (metricsOf.get(layout) ?? []).entries()) {
      const value = values[index];
      if (value !== null && value !== undefined) named[metric] = value;
    }
    return { deviceId, boot: row.boot, seq: row.seq, ts: row.ts, received: row.received, values: named };
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
