import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import { call } from '../api/client.ts';

export interface NewDevice {
  deviceId: string;
  /** Empty: the id is its name. */
  name: string;
  type: string;
  placeId: string | null;
}

/** A device that was just made, with the token that is shown once. */
export interface MadeDevice {
  device: Device;
  token: string;
  username: string;
}

/** Creates a device and its token. @throws ApiError */
export const createDevice = async (input: NewDevice, key: string): Promise<MadeDevice> => {
  const { deviceId, name, type, placeId } = input;
  const body = {
    deviceId,
    type,
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(placeId === null ? {} : { placeId }),
  };
  const device = await call(routes.devices.create, { body, idempotencyKey: key });
  const { token, username } = await call(routes.devices.rotateToken, { params: { deviceId }, body: {} });
  return { device, token, username };
};
