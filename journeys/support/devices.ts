import { type Api, bodyOf } from '@muster/testkit/api';
import type { DeviceCredential } from '@muster/testkit/mqtt';

/** What a device is made with. */
export interface DeviceWish {
  deviceId: string;
  name?: string;
  type?: string;
  placeId?: string;
}

/** A device that may speak, over MQTT with what it is called and over HTTP with its token. */
export interface MadeDevice extends DeviceCredential {
  /** Sends messages over HTTP; they are stored when this resolves. */
  send(messages: object | object[]): Promise<void>;
}

/** Makes a device with a token. */
export async function makeDevice(api: Api, http: string, wish: DeviceWish): Promise<MadeDevice> {
  const { deviceId, type = 'industrial.pressure-station' } = wish;
  await bodyOf(api.post('/devices', { ...wish, type }), 201);
  const made = await bodyOf(api.post<{ token: string; username: string }>(`/devices/${deviceId}/token`, {}), 201);
  return {
    deviceId,
    ...made,
    async send(messages) {
      const headers = { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' };
      const url = `${http}/api/v1/device/telemetry`;
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(messages) });
      if (!answer.ok) throw new Error(`telemetry was refused: ${answer.status} ${await answer.text()}`);
    },
  };
}

/** Makes a place. @returns its id */
export async function makePlace(
  api: Api,
  name: string,
  kind = 'hall',
  parentId: string | null = null,
): Promise<string> {
  const place = await bodyOf(api.post<{ id: string }>('/places', { name, kind, parentId }), 201);
  return place.id;
}
