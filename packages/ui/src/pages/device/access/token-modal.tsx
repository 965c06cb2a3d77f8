import { Button, Select } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import type { Metric } from '../../../chart/metric.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { CopyLine } from '../copy-line.tsx';
import own from '../form.module.css';
import { useTimes } from '../use-times.ts';
import { TryIt } from './try-it.tsx';

const graces = ['0s', '10m', '1h', '24h', '168h'] as const;

interface TokenModalProps {
  device: Device;
  metrics: readonly Metric[];
  onClose(): void;
}

/** Makes a new token and shows it, once. */
export const TokenModal = ({ device, metrics, onClose }: TokenModalProps) => {
  const { t } = useTranslation('device');
  const { moment } = useTimes();
  const errorText = useErrorText();
  const [grace, setGrace] = useState<string>('0s');
  const make = useMutation({
    mutationFn: () => call(routes.devices.rotateToken, { params: { deviceId: device.deviceId }, body: { grace } }),
  });
  const made = make.data;
  return (
    <Dialog
      onClose={onClose}
      size={640}
      keep={made !== undefined}
      title={t(made ? 'token.made' : 'token.title', { name: device.name })}
    >
      {made ? (
        <div className={form.form}>
          <p>{t('token.once')}</p>
          <CopyLine label={t('access.token')} text={made.token} />
          <p className={own.hint}>
            {made.oldTokenEndsAt
              ? t('token.oldEnds', { time: moment(Date.parse(made.oldTokenEndsAt)) })
              : t('token.oldEnded')}
          </p>
          <TryIt device={device} metrics={metrics} username={made.username} token={made.token} />
          <div className={form.buttons}>
            <Button variant="filled" onClick={onClose}>
              {t('token.kept')}
            </Button>
          </div>
        </div>
      ) : (
        <div className={form.form}>
          <p>{t('token.text')}</p>
          <Select
            label={t('token.grace')}
            value={grace}
            onChange={(next) => setGrace(next ?? '0s')}
            data={graces.map((value) => ({ value, label: t(`token.graces.${value}`) }))}
          />
          <FormFault>{make.error ? errorText(make.error) : null}</FormFault>
          <div className={form.buttons}>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button variant="filled" loading={make.isPending} onClick={() => make.mutate()}>
              {t('token.make')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
};
