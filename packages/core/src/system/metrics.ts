import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DelayMeter, Hub } from '../live/index.ts';
import type { Postman } from '../mail/index.ts';
import type { EmbeddedBroker } from '../platform/mqtt/broker.ts';
import type { Telemetry } from '../telemetry/index.ts';

export interface MetricsDeps {
  telemetry: Telemetry;
  hub: Hub;
  delay: DelayMeter;
  broker: EmbeddedBroker;
  /** undefined: no mail server is set up. */
  postman: Postman | undefined;
}

/** What Prometheus reads. Values are taken from their owners when asked for: the hot path counts nothing twice. */
export function createMetrics({ telemetry, hub, delay, broker, postman }: MetricsDeps): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const counter = (name: string, help: string, read: () => number) => {
    let before = 0;
    new Counter({
      name,
      help,
      registers,
      collect() {
        const now = read();
        this.inc(now - before);
        before = now;
      },
    });
  };
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });

  counter('muster_telemetry_messages_total', 'Telemetry messages stored', () => telemetry.figures.messages);
  counter('muster_telemetry_points_total', 'Values stored', () => telemetry.figures.points);
  counter('muster_telemetry_commits_total', 'Group commits of telemetry', () => telemetry.figures.commits);
  gauge('muster_telemetry_pending_bytes', 'Bytes accepted and not yet committed', () => telemetry.pressure.bytes);
  gauge('muster_telemetry_pending_bytes_limit_reached', '1 while reading from devices is stopped', () =>
    Number(telemetry.pressure.full),
  );
  gauge(
    'muster_telemetry_oldest_wait_seconds',
    'Age of the oldest message not yet committed',
    () => telemetry.writer.oldestWaitMs() / 1000,
  );
  gauge('muster_store_away', '1 while the store can not be written', () => Number(telemetry.away));
  gauge('muster_events_pending', 'Events not yet committed', () => telemetry.events.pending);
  gauge('muster_mqtt_connections', 'Open MQTT connections', () => broker.connections);
  gauge('muster_live_watchers', 'Open live connections with a subscription', () => hub.watchers);
  gauge(
    'muster_live_delay_p99_seconds',
    'From arrival to hand-over to the screens, last minute',
    () => (delay.p99() ?? 0) / 1000,
  );
  if (postman) {
    counter('muster_mails_sent_total', 'Mails that the mail server took', () => postman.figures.sent);
    counter('muster_mails_failed_total', 'Mails given up', () => postman.figures.failed);
    gauge('muster_mails_waiting', 'Mails in the outbox', () => postman.figures.waiting);
  }
  new Gauge({
    name: 'muster_ledger_messages',
    help: 'The ledger over all organizations',
    labelNames: ['state'],
    registers,
    collect() {
      const sums = { received: 0, stored: 0, duplicates: 0, rejected: 0, pending: 0 };
      for (const { count } of telemetry.channels.organizations()) {
        sums.received += count.received;
        sums.stored += count.stored;
        sums.duplicates += count.duplicates;
        sums.pending += count.pending;
        for (const messages of Object.values(count.rejected)) sums.rejected += messages;
      }
      for (const [state, messages] of Object.entries(sums)) this.set({ state }, messages);
    },
  });
  return registry;
}

/** Durations of HTTP requests by route. */
export const createHttpHistogram = (registry: Registry) =>
  new Histogram({
    name: 'muster_http_request_seconds',
    help: 'Durations of HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });

/** The token that a Prometheus server presents (`authorization: credentials_file`), kept in the data directory. */
export async function openMetricsToken(dataDir: string): Promise<(token: string) => boolean> {
  const file = join(dataDir, 'metrics-token');
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  const token = kept || `mm_${randomBytes(32).toString('base64url')}`;
  if (!kept) await writeFile(file, `${token}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  const expected = Buffer.from(token);
  return (given) => {
    const bytes = Buffer.from(given);
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  };
}
