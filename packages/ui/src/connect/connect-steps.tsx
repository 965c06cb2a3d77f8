import { Button, Loader } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client.ts';
import { TryIt } from '../pages/device/access/try-it.tsx';
import { CopyLine } from '../pages/device/copy-line.tsx';
import { metricsOf } from '../pages/device/metrics.ts';
import form from '../parts/form.module.css';
import { StateShape } from '../theme/state-mark.tsx';
import { Age } from '../time/age.tsx';
import classes from './connect-steps.module.css';
import type { MadeDevice } from './create-device.ts';
import { useFirstMessage } from './use-first-message.ts';

interface ConnectStepsProps {
  made: MadeDevice;
  onAnother(): void;
  onOpen(deviceId: string): void;
  onClose(): void;
}

const SHOWN = 4;

/** The lines that connect a new device, and whether its first message has come. */
export const ConnectSteps = ({ made: { device, token, username }, onAnother, onOpen, onClose }: ConnectStepsProps) => {
  const { t, i18n } = useTranslation('connect');
  const { first, refused } = useFirstMessage(device.deviceId);
  const type = useQuery({
    queryKey: ['device-type', device.type],
    queryFn: ({ signal }) => call(routes.devices.type, { params: { id: device.type }, signal }),
    staleTime: 5 * 60_000,
  });
  const values = Object.entries(first?.values ?? {});
  return (
    <div className={form.form}>
      <div className={classes.token}>
        <p>{t('steps.token')}</p>
        <CopyLine text={token} label={t('steps.tokenLabel')} />
      </div>
      {type.isPending ? null : (
        <TryIt
          device={device}
          metrics={metricsOf(type.data ?? null, {}, i18n.language)}
          username={username}
          token={token}
        />
      )}
      <div className={classes.waiting} role="status" data-received={first !== null}>
        {first ? (
          <>
            <StateShape state="online" />
            <span>
              <b>{t('steps.received')}</b>{' '}
              {values
                .slice(0, SHOWN)
                .map(
                  ([metric, value]) =>
                    `${metric} ${typeof value === 'number' ? value.toLocaleString(i18n.language) : value}`,
                )
                .join(' · ')}
              {values.length > SHOWN ? ' …' : ''}{' '}
              <span className={classes.age}>
                <Age ts={first.ts} ago />
              </span>
            </span>
          </>
        ) : refused ? (
          <>
            <StateShape state="warning" />
            <span>
              <b>{t('steps.refused')}</b> {refused}
            </span>
          </>
        ) : (
          <>
            <Loader size={14} color="var(--muted)" aria-hidden="true" />
            {t('steps.waiting')}
          </>
        )}
      </div>
      <div className={form.buttons}>
        <Button onClick={onAnother}>{t('steps.another')}</Button>
        <Button onClick={onClose}>{t('steps.close')}</Button>
        <Button variant="filled" onClick={() => onOpen(device.deviceId)}>
          {t('steps.open')}
        </Button>
      </div>
    </div>
  );
};
