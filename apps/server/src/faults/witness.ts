import { deviceTopics } from '@muster/contract/mqtt';
import { DeviceConnection } from '@muster/edge/connection';
import type { Message } from '@muster/edge/message';
import { memoryOutbox } from '@muster/edge/outbox';
import type { DeviceCredential } from '@muster/edge/simulate/options';
import { type TruthRecord, truthKey } from '@muster/edge/simulate/read-truth';
import type { Sent } from '@muster/edge/simulate/truth';
import { patience, sizes } from './sizes.ts';

/** A device that says something many times a second, and notes when it is acknowledged. */
export interface Witness extends AsyncDisposable {
  readonly truth: TruthRecord;
  /** How many of its messages were acknowledged so far. */
  acknowledged(): number;
  /** Resolves with the next acknowledgement of a message that was sent after this call. @throws when none comes */
  nextAcknowledgement(): Promise<void>;
  /** ms of the longest time without an acknowledgement since the first one, or since the last time this was asked. */
  longestGap(): number;
  /** Ends well. @returns whether all was acknowledged */
  stop(): Promise<boolean>;
}

const EVERY_MS = 25;
/** A store that is away acknowledges nothing meanwhile. */
const PATIENCE_MS = patience.deadline + sizes.awayMs;

export function startWitness(url: string, credential: DeviceCredential, everyMs = EVERY_MS): Witness {
  const truth: TruthRecord = { sent: new Map(), acknowledged: new Set(), repeated: new Map(), torn: 0 };
  const boot = `witness-${process.pid}-${credential.deviceId}-${Date.now().toString(36)}`;
  let waiting: { after: number; resolve(): void }[] = [];
  let seq = 0;
  let lastAt: number | undefined;
  let longest = 0;

  const connection = new DeviceConnection<Message & { sent: Sent }>({
    url,
    ...credential,
    outbox: memoryOutbox(64 * 1024 * 1024),
    backOff: { firstMs: 20, maximumMs: 50 },
    onAcknowledged({ sent }) {
      truth.acknowledged.add(truthKey(boot, sent.seq));
      longest = gapNow();
      lastAt = performance.now();
      for (const { after, resolve } of waiting) if (sent.seq > after) resolve();
      waiting = waiting.filter(({ after }) => sent.seq <= after);
    },
  });
  const gapNow = () => Math.max(longest, lastAt === undefined ? 0 : performance.now() - lastAt);
  const timer = setInterval(() => {
    const sent: Sent = { ...credential, boot, seq: ++seq, ts: Date.now(), values: { temperature: seq / 10 } };
    const { ts, values } = sent;
    truth.sent.set(truthKey(boot, seq), sent);
    const payload = JSON.stringify({ ts, boot, seq, values });
    connection.enqueue({ topic: deviceTopics.telemetry(credential.deviceId), payload, sent });
  }, everyMs);
  connection.start();

  async function stop(): Promise<boolean> {
    clearInterval(timer);
    return connection.stop(patience.deadline);
  }
  return {
    truth,
    acknowledged: () => truth.acknowledged.size,
    nextAcknowledgement: () =>
      new Promise((resolve, reject) => {
        const giveUp = () => reject(new Error(`nothing was acknowledged in ${PATIENCE_MS} ms`));
        const timer = setTimeout(giveUp, PATIENCE_MS);
        const heard = () => {
          clearTimeout(timer);
          resolve();
        };
        waiting.push({ after: seq, resolve: heard });
      }),
    longestGap() {
      const gap = gapNow();
      longest = 0;
      return gap;
    },
    stop,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await connection.stop(0);
    },
  };
}
