import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { call } from '../../api/client.ts';

/** Keys of the page's answers; whoever changes a device makes them ask again. */
export const deviceKeys = {
  device: (deviceId: string) => ['device', deviceId] as const,
  latest: (deviceId: string) => ['device', deviceId, 'latest'] as const,
  events: (deviceId: string, type: string) => ['device', deviceId, 'events', type] as const,
  recentEvents: (deviceId: string) => ['device', deviceId, 'events-recent'] as const,
  marks: (deviceId: string, range: string) => ['device', deviceId, 'events-marks', range] as const,
  rejected: (deviceId: string) => ['device', deviceId, 'rejected'] as const,
};

/** One device. */
export const useDevice = (deviceId: string) =>
  useQuery({
    queryKey: deviceKeys.device(deviceId),
    queryFn: ({ signal }) => call(routes.devices.get, { params: { deviceId }, signal }),
  });

/** What a device of this type measures. */
export const useDeviceType = (type: string | undefined) =>
  useQuery({
    queryKey: ['device-type', type],
    queryFn: ({ signal }) => call(routes.devices.type, { params: { id: type ?? '' }, signal }),
    enabled: type !== undefined,
    staleTime: 5 * 60_000,
  });

/** Puts a device that is newer than what is there into all answers that hold it. */
export const useDeviceChanged = () => {
  const client = useQueryClient();
  return useCallback(
    async (device: Device) => {
      client.setQueryData(deviceKeys.device(device.deviceId), device);
      await client.invalidateQueries({ queryKey: ['devices'] });
    },
    [client],
  );
};
