import type { Device } from '@muster/contract/devices';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Age } from '../../../time/age.tsx';
import type { DeviceLive } from '../live/device-live.ts';

/** How long ago the device was heard, counting on. */
export const LastSeen = ({ device, deviceLive }: { device: Device; deviceLive: DeviceLive }) => {
  const { t } = useTranslation('device');
  const live = useSyncExternalStore(deviceLive.latest.subscribe, deviceLive.lastSeen);
  const stored = device.lastSeenAt === null ? null : Date.parse(device.lastSeenAt);
  const seen = live === null ? stored : Math.max(live, stored ?? 0);
  if (seen === null) return <>{t('header.neverSeen')}</>;
  return (
    <>
      {t('header.seen')} <Age ts={seen} ago />
    </>
  );
};
