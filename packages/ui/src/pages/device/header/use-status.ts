import type { Device } from '@muster/contract/devices';
import { useEffect, useState } from 'react';
import type { DeviceLive } from '../live/device-live.ts';

/** The status of a device: what was read, until something newer comes live. */
export const useStatus = (device: Device, deviceLive: DeviceLive): string => {
  const [heard, setHeard] = useState<{ status: string; basis: Device } | null>(null);
  useEffect(
    () =>
      deviceLive.listen(({ status }) => {
        if (status !== undefined) setHeard({ status, basis: device });
      }),
    [deviceLive, device],
  );
  // A device that was read anew knows better.
  return heard?.basis === device ? heard.status : device.status;
};
