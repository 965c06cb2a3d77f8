import { randomBytes } from 'node:crypto';
import { deviceTopics } from '@muster/contract/mqtt';
import { DeviceConnection } from '@muster/edge/connection';
import type { Message } from '@muster/edge/message';
import { memoryOutbox } from '@muster/edge/outbox';
import type { DeviceCredential } from '@muster/edge/simulate/options';
import { type TruthRecord, truthKey } from '@muster/edge/simulate/read-truth';
import type { Sent } from '@muster/edge/simulate/truth';

/** Devices that send all they have at once, in arrays as large as a packet may be. */
export interface Bulk extends AsyncDisposable {
  readonly truth: TruthRecord;
  /** Queues so many arrays at every device; one is about 130 kB on the wire and {@link BULK_BYTES} in the server. */
  send(arrays: number): void;
  acknowledged(): number;
  /** Resolves when all that was queued is acknowledged. */
  settled(): Promise<void>;
  /** Waits for that until the deadline, and ends. @returns whether all was acknowledged */
  stop(deadlineMs: number): Promise<boolean>;
}

type Packet = Message & { sent: Sent[] };

const MESSAGES = 4;
const NUMBERS = 30;
const TEXTS = 8;
/** As long as a text may be, and of bytes that no store makes smaller. */
const TEXT = randomBytes(3072).toString('base64');
/** What an array costs in the server's memory, about: its texts, and twelve bytes a number. */
export const BULK_BYTES = MESSAGES * (TEXTS * TEXT.length + NUMBERS * 12);

export function startBulk(url: string, credentials: readonly DeviceCredential[]): Bulk {
  const truth: TruthRecord = { sent: new Map(), acknowledged: new Set(), repeated: new Map(), torn: 0 };
  const values = Object.fromEntries([
    ...Array.from({ length: NUMBERS }, (_, index) => [`number-${index}`, index + 0.25]),
    ...Array.from({ length: TEXTS }, (_, index) => [`text-${index}`, TEXT]),
  ]);
  let whenSettled: (() => void)[] = [];
  let open = 0;
  // a past hour, so that no two messages of a device share a time and none is ahead of the clock
  const startedAt = Date.now() - 3_600_000;

  const devices = credentials.map((credential) => {
    const boot = `bulk-${process.pid}-${credential.deviceId}-${Date.now().toString(36)}`;
    const connection = new DeviceConnection<Packet>({
      url,
      ...credential,
      window: 100,
      outbox: memoryOutbox(1024 * 1024 * 1024),
      backOff: { firstMs: 50, maximumMs: 200 },
      onAcknowledged({ sent }) {
        for (const { seq } of sent) truth.acknowledged.add(truthKey(boot, seq));
        open--;
        if (open > 0) return;
        for (const resolve of whenSettled) resolve();
        whenSettled = [];
      },
    });
    connection.start();
    return { credential, boot, connection, seq: 0 };
  });

  function sendOne(device: (typeof devices)[number]): void {
    const { credential, boot, connection } = device;
    const sent = Array.from(
      { length: MESSAGES },
      (): Sent => ({
        ...credential,
        boot,
        seq: ++device.seq,
        ts: startedAt + device.seq,
        values,
      }),
    );
    for (const one of sent) truth.sent.set(truthKey(boot, one.seq), one);
    const payload = JSON.stringify(sent.map((one) => ({ ts: one.ts, boot, seq: one.seq, values })));
    connection.enqueue({ topic: deviceTopics.telemetry(credential.deviceId), payload, sent });
    open++;
  }

  const stop = async (deadlineMs: number) => {
    const empty = await Promise.all(devices.map(({ connection }) => connection.stop(deadlineMs)));
    return empty.every(Boolean);
  };
  return {
    truth,
    send(arrays) {
      for (let array = 0; array < arrays; array++) for (const device of devices) sendOne(device);
    },
    acknowledged: () => truth.acknowledged.size,
    settled: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => whenSettled.push(resolve))),
    stop,
    async [Symbol.asyncDispose]() {
      await stop(0);
    },
  };
}
