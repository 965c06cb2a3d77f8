import { createLog, openOperator, provisionMany } from '@muster/core';
import type { ConnectionSettings } from '@muster/core/platform/db/pool';
import { connectAlone } from '@muster/core/platform/db/pool';
import { findRunning } from '@muster/core/platform/running';
import { type Api, bodyOf, createApi } from './api.ts';
import type { ServerProcess } from './server-process.ts';

/** A device's name and token. */
export interface Credential {
  organization: string;
  deviceId: string;
  token: string;
}

/** Makes devices of a type on a running server; they are named `prefix-1`, `prefix-2` and so on. */
export async function makeDevices(
  { dataDir }: ServerProcess,
  type: string,
  prefix: string,
  count: number,
): Promise<Credential[]> {
  const operator = await openOperator(dataDir, createLog('silent'));
  try {
    const ctx = await operator.contextOf();
    const wanted = Array.from({ length: count }, (_, index) => {
      const deviceId = `${prefix}-${index + 1}`;
      return { deviceId, name: deviceId, type, placeId: null };
    });
    const tokens = await provisionMany(operator.db, ctx, wanted);
    return wanted.map(({ deviceId }) => ({
      organization: ctx.organizationSlug,
      deviceId,
      token: tokens.get(deviceId) as string,
    }));
  } finally {
    await operator.stop();
  }
}

/** The API as the owner sees it. The access token lasts for 15 minutes, also over a restart. */
export async function signIn({ http, owner }: ServerProcess): Promise<Api> {
  const { username, password } = owner;
  const { accessToken } = await bodyOf<{ accessToken: string }>(
    createApi(() => http).post('/auth/login', { username, password }),
  );
  return createApi(
    () => http,
    () => accessToken,
  );
}

/** How to reach the store of a running server, as the owner of its tables. */
const storeOf = async ({ dataDir }: ServerProcess): Promise<ConnectionSettings> =>
  (await findRunning(dataDir)).settings;

/** One statement in the store, past everything that the server knows. */
export async function query<R>(server: ServerProcess, text: string, values: unknown[] = []): Promise<R[]> {
  const client = await connectAlone(await storeOf(server), 'owner');
  try {
    return (await client.query(text, values)).rows as R[];
  } finally {
    await client.end();
  }
}
