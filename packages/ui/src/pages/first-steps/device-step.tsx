import { Skeleton } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { AddDeviceForm } from '../../connect/add-device-form.tsx';
import { ConnectSteps } from '../../connect/connect-steps.tsx';
import type { MadeDevice } from '../../connect/create-device.ts';
import { usePlaceTree } from '../../data/places.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Card } from '../../parts/page.tsx';
import { AwaitedDevice } from './awaited-device.tsx';
import classes from './first-steps-page.module.css';

interface DeviceStepProps {
  /** The device that was made here. */
  deviceId: string | undefined;
  onDevice(deviceId: string | undefined): void;
  isDone: boolean;
  /** The first message of the awaited device has come. */
  onFirst(): void;
}

/** The first device: made, connected, awaited. */
export const DeviceStep = ({ deviceId, onDevice, isDone, onFirst }: DeviceStepProps) => {
  const { t } = useTranslation('firstSteps');
  const connect = useTranslation('connect').t;
  const { tree } = usePlaceTree();
  const [made, setMade] = useState<MadeDevice | null>(null);
  // Who returns without the address finds the device that he made before.
  const silent = useQuery({
    queryKey: ['devices', 'silent'],
    queryFn: ({ signal }) => call(routes.devices.list, { query: { status: 'pending', limit: 1 }, signal }),
    enabled: deviceId === undefined && !isDone,
  });
  const awaited = deviceId ?? silent.data?.items[0]?.deviceId;
  if (made && made.device.deviceId === awaited) {
    return (
      <Card title={connect('steps.title', { name: made.device.name })}>
        <ConnectSteps made={made} onFirst={onFirst}>
          <Link to="/devices/$deviceId" params={{ deviceId: made.device.deviceId }} className={classes.go}>
            {connect('steps.open')}
          </Link>
        </ConnectSteps>
      </Card>
    );
  }
  if (awaited !== undefined) {
    return <AwaitedDevice deviceId={awaited} onMade={setMade} onFirst={onFirst} onGone={() => onDevice(undefined)} />;
  }
  if (isDone) {
    return (
      <Card title={t('device.there')}>
        <p>
          <Link to="/fleet" className={classes.go}>
            {t('device.more')}
          </Link>
        </p>
      </Card>
    );
  }
  if (silent.error) return <LoadFault error={silent.error} onRetry={silent.refetch} />;
  if (!silent.data) return <Skeleton height={232} radius="md" />;
  return (
    <Card title={connect('add.title')}>
      <AddDeviceForm
        placeId={tree.roots[0]?.place.id}
        proposedId="device-1"
        onMade={(next) => {
          setMade(next);
          onDevice(next.device.deviceId);
        }}
      />
    </Card>
  );
};
