import { Button } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../../api/session.tsx';
import { usePlaceName, usePlaceTree } from '../../../data/places.ts';
import { useLiveState } from '../../../live/hooks.ts';
import { StateMark, stateOf } from '../../../theme/state-mark.tsx';
import type { DeviceLive } from '../live/device-live.ts';
import { titleOf } from '../metrics.ts';
import { DeleteModal } from './delete-modal.tsx';
import { EditModal } from './edit-modal.tsx';
import classes from './header.module.css';
import { LastSeen } from './last-seen.tsx';
import { useStatus } from './use-status.ts';

interface DeviceHeaderProps {
  device: Device;
  type: DeviceTypeView | null;
  deviceLive: DeviceLive;
}

/** What the device is, where it is, how it is, and what can be done with it. */
export const DeviceHeader = ({ device, type, deviceLive }: DeviceHeaderProps) => {
  const { t, i18n } = useTranslation('device');
  const mayWrite = useMay('device:write');
  const { tree } = usePlaceTree();
  const placeName = usePlaceName();
  const status = useStatus(device, deviceLive);
  const { state: connection } = useLiveState();
  const [modal, setModal] = useState<'edit' | 'delete' | null>(null);
  const facts = [
    type ? titleOf(type, i18n.language) : device.type,
    ...(device.serialNumber ? [t('header.serial', { serial: device.serialNumber })] : []),
    ...(device.firmwareVersion ? [t('header.firmware', { version: device.firmwareVersion })] : []),
  ];
  const state = stateOf(status);
  const close = () => setModal(null);
  return (
    <header className={classes.header}>
      <div className={classes.names}>
        <p className={classes.path}>{device.placeId === null ? t('header.noPlace') : placeName(device.placeId)}</p>
        <h1 className={classes.name}>{device.name}</h1>
      </div>
      <div className={classes.state} data-frozen={connection === 'live' ? undefined : true}>
        {state === 'critical' || state === 'warning' || state === 'info' ? null : <StateMark status={state} />}
      </div>
      <ul className={classes.facts}>
        {facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
        <li>
          <LastSeen device={device} deviceLive={deviceLive} />
        </li>
        <li className={classes.id}>{device.deviceId}</li>
        {device.labels.map((label) => (
          <li key={label} className={classes.label}>
            {label}
          </li>
        ))}
      </ul>
      {mayWrite ? (
        <div className={classes.actions}>
          <Button onClick={() => setModal('edit')}>{t('edit.open')}</Button>
          <Button onClick={() => setModal('delete')}>{t('delete.open')}</Button>
        </div>
      ) : null}
      {modal === 'edit' ? <EditModal device={device} tree={tree} onClose={close} /> : null}
      {modal === 'delete' ? <DeleteModal device={device} onClose={close} /> : null}
    </header>
  );
};
