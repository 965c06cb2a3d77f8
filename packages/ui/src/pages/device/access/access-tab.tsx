import { Button } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import { deviceTopics } from '@muster/contract/mqtt';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay, useSession } from '../../../api/session.tsx';
import type { Metric } from '../../../chart/metric.ts';
import { useAddresses } from '../../../data/addresses.ts';
import { CopyLine } from '../copy-line.tsx';
import classes from './access.module.css';
import { LedgerCard } from './ledger-card.tsx';
import { RejectedList } from './rejected-list.tsx';
import { TokenModal } from './token-modal.tsx';
import { TryIt } from './try-it.tsx';

/** How the device comes in: its name, topics and token, and what became of its messages. */
export const AccessTab = ({ device, metrics }: { device: Device; metrics: readonly Metric[] }) => {
  const { t } = useTranslation('device');
  const { user } = useSession();
  const mayRotate = useMay('device:credential');
  const addresses = useAddresses();
  const [open, setOpen] = useState(false);
  const { deviceId } = device;
  const username = `${user?.organization.slug ?? ''}/${deviceId}`;
  const lines = [
    ...(addresses.data ? [[t('access.address'), addresses.data.mqtt.url] as const] : []),
    [t('access.username'), username] as const,
    [t('access.telemetry'), deviceTopics.telemetry(deviceId)] as const,
    [t('access.events'), deviceTopics.events(deviceId)] as const,
    [t('access.status'), deviceTopics.status(deviceId)] as const,
  ];
  return (
    <div className={classes.access}>
      <div className={classes.column}>
        <section className={classes.card}>
          <h2>{t('access.connect')}</h2>
          <p className={classes.muted}>{t('access.connectText')}</p>
          <dl className={classes.lines}>
            {lines.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <CopyLine text={text} label={name} />
                </dd>
              </div>
            ))}
            <div>
              <dt>{t('access.token')}</dt>
              <dd className={classes.token}>
                <span className={classes.muted}>{t('access.tokenKept')}</span>
                {mayRotate ? <Button onClick={() => setOpen(true)}>{t('access.newToken')}</Button> : null}
              </dd>
            </div>
          </dl>
        </section>
        <section className={classes.card}>
          <h2>{t('access.try')}</h2>
          <TryIt device={device} metrics={metrics} username={username} token={t('access.yourToken')} />
        </section>
      </div>
      <div className={classes.column}>
        <LedgerCard deviceId={deviceId} />
        <RejectedList deviceId={deviceId} />
      </div>
      {open ? <TokenModal device={device} metrics={metrics} onClose={() => setOpen(false)} /> : null}
    </div>
  );
};
