import { deviceTopics } from '@muster/contract/mqtt';
import { createLog, openOperator, provisionMany } from '@muster/core';
import { atEnd } from './clean-up.ts';
import type { Credential } from './packets.ts';

/** One connection of a load. */
export interface LoadDevice {
  deviceId: string;
  clientId: string;
  topic: string;
  credential?: Credential;
}

/** Devices whose tokens are made in one transaction. */
const AT_ONCE = 1000;

/** Makes devices of the type that takes any metric, each with a token, in the organization of the server that runs there. */
export async function provision(dataDir: string, count: number): Promise<LoadDevice[]> {
  const operator = await openOperator(dataDir, createLog('silent'));
  atEnd(operator.stop);
  const ctx = await operator.contextOf();
  const devices: LoadDevice[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const many = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => {
      const deviceId = `bench-${String(from + index + 1).padStart(5, '0')}`;
      return { deviceId, name: deviceId, type: 'generic', placeId: null };
    });
    const tokens = await provisionMany(operator.db, ctx, many);
    for (const { deviceId } of many) {
      const credential = { username: `${ctx.organizationSlug}/${deviceId}`, password: tokens.get(deviceId) as string };
      devices.push({ deviceId, clientId: deviceId, topic: deviceTopics.telemetry(deviceId), credential });
    }
  }
  return devices;
}
