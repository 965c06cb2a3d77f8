import { Button, Skeleton } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError } from '../../api/error.ts';
import type { MadeDevice } from '../../connect/create-device.ts';
import { FirstMessageBox } from '../../connect/first-message-box.tsx';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Card } from '../../parts/page.tsx';
import classes from './first-steps-page.module.css';

interface AwaitedDeviceProps {
  deviceId: string;
  /** It has a new token. */
  onMade(made: MadeDevice): void;
  onFirst(): void;
  /** Somebody asks for another device instead. */
  onGone(): void;
}

/** A device that was made before this page was loaded: its token was shown once, so that only a new one can be shown. */
export const AwaitedDevice = ({ deviceId, onMade, onFirst, onGone }: AwaitedDeviceProps) => {
  const { t } = useTranslation('firstSteps');
  const connect = useTranslation('connect').t;
  const text = useErrorText();
  const { data, error, refetch } = useQuery({
    queryKey: ['device', deviceId],
    queryFn: ({ signal }) => call(routes.devices.get, { params: { deviceId }, signal }),
  });
  const renew = useMutation({
    mutationFn: () => call(routes.devices.rotateToken, { params: { deviceId }, body: {} }),
    onSuccess: ({ token, username }) => {
      if (data) onMade({ device: data, token, username });
    },
  });
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Card title={t('device.gone')}>
        <Button variant="filled" onClick={onGone}>
          {connect('add.title')}
        </Button>
      </Card>
    );
  }
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={232} radius="md" />;
  return (
    <Card title={connect('steps.title', { name: data.name })}>
      <div className={form.form}>
        <FirstMessageBox deviceId={deviceId} onFirst={onFirst} />
        <p className={form.note}>{t('device.tokenShown')}</p>
        <FormFault>{renew.error ? text(renew.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button loading={renew.isPending} onClick={() => renew.mutate()}>
            {t('device.newToken')}
          </Button>
          <Link to="/devices/$deviceId" params={{ deviceId }} className={classes.go}>
            {connect('steps.open')}
          </Link>
        </div>
      </div>
    </Card>
  );
};
