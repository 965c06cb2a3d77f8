import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { deviceTopics } from '@muster/contract/mqtt';
import type { DeviceCredential } from '@muster/edge/simulate/options';
import { type TruthRecord, truthKey } from '@muster/edge/simulate/read-truth';
import type { Sent } from '@muster/edge/simulate/truth';
import { connectDevice, type DeviceClient } from './mqtt.ts';
import type { ServerProcess } from './server-process.ts';
import { query } from './server-process-operator.ts';

/** A device that tells an event at QoS 1 and a message at QoS 2 by turns, each again and again until it is acknowledged. */
export interface Teller extends AsyncDisposable {
  /** Of the messages. */
  readonly truth: TruthRecord;
  /** Ends after what is under way. */
  stop(): Promise<void>;
  /**
   * Every event that was acknowledged is stored, and none more often than it was sent: it has no number by which the server could
   * know it again. @returns how many events were told
   */
  checkEvents(server: ServerProcess): Promise<number>;
}

const TYPE = 'told';
const AGAIN_MS = 50;

export function startTeller(url: string, credential: DeviceCredential): Teller {
  const { organization, deviceId, token } = credential;
  const truth: TruthRecord = { sent: new Map(), acknowledged: new Set(), repeated: new Map(), torn: 0 };
  const boot = `teller-${process.pid}-${deviceId}-${Date.now().toString(36)}`;
  /** How often each event was sent; all but the last one were acknowledged for sure. */
  const attempts: number[] = [];
  const abandoned = new AbortController();
  let client: DeviceClient | undefined;
  let stopping = false;

  async function untilAcknowledged(publish: (client: DeviceClient) => Promise<void>): Promise<void> {
    for (;;) {
      abandoned.signal.throwIfAborted();
      try {
        client ??= await connectDevice(url, { deviceId, token, username: `${organization}/${deviceId}` });
        return await publish(client);
      } catch {
        client?.client.end(true);
        client = undefined;
        await pause(AGAIN_MS);
      }
    }
  }

  async function tellAll(): Promise<void> {
    for (let n = 1; !stopping; n++) {
      const event = { type: TYPE, data: { n } };
      attempts.push(0);
      await untilAcknowledged((connected) => {
        attempts[n - 1] = (attempts[n - 1] as number) + 1;
        return connected.publish(deviceTopics.events(deviceId), event);
      });
      const sent: Sent = { ...credential, boot, seq: n, ts: Date.now(), values: { level: n / 4 } };
      const { ts, seq, values } = sent;
      truth.sent.set(truthKey(boot, n), sent);
      const message = { ts, boot, seq, values };
      const topic = deviceTopics.telemetry(deviceId);
      await untilAcknowledged((connected) => connected.publish(topic, message, { qos: 2 }));
      truth.acknowledged.add(truthKey(boot, n));
    }
    await client?.end();
  }

  const run = tellAll();
  run.catch(() => undefined);
  return {
    truth,
    stop() {
      stopping = true;
      return run;
    },
    async checkEvents(server) {
      const rows = await query<{ n: number; times: number }>(
        server,
        `select (data -> 'n')::int as n, count(*) as times from events
         where type = $1 and device = (select number from devices where device_id = $2) group by 1`,
        [TYPE, deviceId],
      );
      const stored = new Map(rows.map(({ n, times }) => [n, times]));
      for (const [index, sent] of attempts.entries()) {
        const times = stored.get(index + 1) ?? 0;
        assert.ok(
          times >= 1 && times <= sent,
          `event ${index + 1} was sent ${sent} times and is stored ${times} times`,
        );
      }
      assert.equal(stored.size, attempts.length);
      assert.ok(attempts.length > 0, 'events were told');
      return attempts.length;
    },
    async [Symbol.asyncDispose]() {
      stopping = true;
      abandoned.abort();
      client?.client.end(true);
      await run.catch(() => undefined);
    },
  };
}
