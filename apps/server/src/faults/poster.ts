import { setTimeout as pause } from 'node:timers/promises';
import { API_PREFIX } from '@muster/contract/routes';
import type { DeviceCredential } from '@muster/edge/simulate/options';
import { type TruthRecord, truthKey } from '@muster/edge/simulate/read-truth';
import type { Sent } from '@muster/edge/simulate/truth';

/** A device that speaks HTTP: one message after the other, each again and again until it is answered with success. */
export interface Poster extends AsyncDisposable {
  readonly truth: TruthRecord;
  /** Ends after the message under way. */
  stop(): Promise<void>;
}

const EVERY_MS = 20;
const AGAIN_MS = 50;
const PATIENCE_MS = 5000;

export function startPoster(http: string, credential: DeviceCredential): Poster {
  const truth: TruthRecord = { sent: new Map(), acknowledged: new Set(), repeated: new Map(), torn: 0 };
  const boot = `poster-${process.pid}-${credential.deviceId}-${Date.now().toString(36)}`;
  let stopping = false;

  async function post({ ts, seq, values }: Sent): Promise<boolean> {
    const answer = await fetch(`${http}${API_PREFIX}/device/telemetry`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ts, boot, seq, values }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.arrayBuffer();
    return answer.ok;
  }

  const run = (async () => {
    for (let seq = 1; !stopping; seq++) {
      const sent: Sent = { ...credential, boot, seq, ts: Date.now(), values: { level: seq / 4, open: seq % 2 === 0 } };
      truth.sent.set(truthKey(boot, seq), sent);
      while (!(await post(sent).catch(() => false))) await pause(AGAIN_MS);
      truth.acknowledged.add(truthKey(boot, seq));
      await pause(EVERY_MS);
    }
  })();
  const stop = () => {
    stopping = true;
    return run;
  };
  return {
    truth,
    stop,
    async [Symbol.asyncDispose]() {
      // without a server it would try for ever
      stopping = true;
      await Promise.race([run, pause(PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}
