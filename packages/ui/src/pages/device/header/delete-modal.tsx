import { Button } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { useErrorText } from '../../../parts/error-text.ts';
import { Dialog } from '../dialog.tsx';
import form from '../form.module.css';

/** Asks once, by name, before a device is deleted. */
export const DeleteModal = ({ device, onClose }: { device: Device; onClose(): void }) => {
  const { t } = useTranslation('device');
  const errorText = useErrorText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => call(routes.devices.delete, { params: { deviceId: device.deviceId } }),
    onSuccess: async () => {
      await navigate({ to: '/fleet' });
      client.removeQueries({ queryKey: ['device', device.deviceId] });
      await client.invalidateQueries({ queryKey: ['devices'] });
    },
  });
  return (
    <Dialog onClose={onClose} title={t('delete.title', { name: device.name })}>
      <div className={form.fields}>
        <p>{t('delete.text', { name: device.name, deviceId: device.deviceId })}</p>
        {remove.error ? (
          <p className={form.fault} role="alert">
            {errorText(remove.error)}
          </p>
        ) : null}
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('delete.do', { name: device.name })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
