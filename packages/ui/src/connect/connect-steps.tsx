import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client.ts';
import { TryIt } from '../pages/device/access/try-it.tsx';
import { CopyLine } from '../pages/device/copy-line.tsx';
import { metricsOf } from '../pages/device/metrics.ts';
import form from '../parts/form.module.css';
import classes from './connect-steps.module.css';
import type { MadeDevice } from './create-device.ts';
import { FirstMessageBox } from './first-message-box.tsx';

interface ConnectStepsProps {
  made: MadeDevice;
  /** Its first message has come. */
  onFirst?: () => void;
  /** Buttons: where to go from here. */
  children: ReactNode;
}

/** The lines that connect a new device, and whether its first message has come. */
export const ConnectSteps = ({ made: { device, token, username }, onFirst, children }: ConnectStepsProps) => {
  const { t, i18n } = useTranslation('connect');
  const type = useQuery({
    queryKey: ['device-type', device.type],
    queryFn: ({ signal }) => call(routes.devices.type, { params: { id: device.type }, signal }),
    staleTime: 5 * 60_000,
  });
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
      <FirstMessageBox deviceId={device.deviceId} onFirst={onFirst} />
      <div className={form.buttons}>{children}</div>
    </div>
  );
};
