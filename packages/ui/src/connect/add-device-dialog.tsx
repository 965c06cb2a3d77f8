import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../parts/dialog.tsx';
import { AddDeviceForm } from './add-device-form.tsx';
import { ConnectSteps } from './connect-steps.tsx';
import type { MadeDevice } from './create-device.ts';

interface AddDeviceDialogProps {
  /** Where the device is likely to stand. */
  placeId: string | undefined;
  /** Proposed for the first device, so that a newcomer need not invent one. */
  proposedId?: string;
  /** The dialog has an address of its own: what is opened from it takes its place, so that Back does not return to it. */
  hasAddress?: boolean;
  onClose(): void;
}

/** Adds a device and stays until its first message is there, or the person goes on. */
const AddDeviceDialog = ({ placeId, proposedId = '', hasAddress = false, onClose }: AddDeviceDialogProps) => {
  const { t } = useTranslation('connect');
  const navigate = useNavigate();
  const [made, setMade] = useState<MadeDevice | null>(null);
  const open = (deviceId: string) =>
    void navigate({ to: '/devices/$deviceId', params: { deviceId }, replace: hasAddress });
  return (
    <Dialog
      onClose={onClose}
      size={made ? 720 : 480}
      title={made ? t('steps.title', { name: made.device.name }) : t('add.title')}
      keep={made !== null}
    >
      {made ? (
        <ConnectSteps made={made}>
          <Button onClick={() => setMade(null)}>{t('steps.another')}</Button>
          <Button onClick={onClose}>{t('steps.close')}</Button>
          <Button variant="filled" onClick={() => open(made.device.deviceId)}>
            {t('steps.open')}
          </Button>
        </ConnectSteps>
      ) : (
        <AddDeviceForm placeId={placeId} proposedId={proposedId} onMade={setMade} onCancel={onClose} />
      )}
    </Dialog>
  );
};

export default AddDeviceDialog;
