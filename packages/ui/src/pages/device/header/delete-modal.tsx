import { Button } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';

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
      <div className={form.form}>
        <p>{t('delete.text', { name: device.name, deviceId: device.deviceId })}</p>
        <FormFault>{remove.error ? errorText(remove.error) : null}</FormFault>
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
