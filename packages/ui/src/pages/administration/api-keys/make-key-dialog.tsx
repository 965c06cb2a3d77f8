import { Button, Select, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { DeviceSelect } from '../../../parts/device-select.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { PlaceSelect } from '../../../parts/place-select.tsx';
import { PermissionChecks } from '../roles/permission-checks.tsx';
import { KeySecret } from './key-secret.tsx';

const DAY_MS = 86_400_000;
/** Days that a key is good for; 0: for ever. */
const lifetimes = ['30', '90', '365', '0'] as const;
const places = ['everywhere', 'place', 'device'] as const;

/** Makes a key and shows its secret, once. */
export const MakeKeyDialog = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('apiKeys');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<string[]>([]);
  const [where, setWhere] = useState<(typeof places)[number]>('everywhere');
  const [placeId, setPlaceId] = useState<string | null>(null);
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const [days, setDays] = useState<string>('90');
  const isPlaced =
    where === 'everywhere' || (where === 'place' && placeId !== null) || (where === 'device' && deviceId !== null);
  const isReady = name.trim() !== '' && permissions.length > 0 && isPlaced;
  const make = useMutation({
    mutationFn: () =>
      call(routes.apiKeys.create, {
        body: {
          name: name.trim(),
          permissions,
          ...(where === 'place' ? { placeId } : {}),
          ...(where === 'device' ? { deviceId } : {}),
          expiresAt: days === '0' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString(),
        },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['api-keys'] }),
  });
  const { data, error, isPending } = make;
  return (
    <Dialog onClose={onClose} title={t(data ? 'made' : 'make.title')} size={560} keep={data !== undefined}>
      {data ? (
        <KeySecret secret={data.secret} onKept={onClose} />
      ) : (
        <form
          className={form.form}
          noValidate
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            if (isReady && !isPending) make.mutate();
          }}
        >
          <TextInput
            label={t('field.name')}
            description={t('field.nameHint')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={120}
            data-autofocus
            required
          />
          <div className={form.pair}>
            <Select
              label={t('field.where')}
              data={places.map((value) => ({ value, label: t(`where.${value}`) }))}
              value={where}
              onChange={(next) => setWhere((next ?? 'everywhere') as (typeof places)[number])}
            />
            {where === 'place' ? (
              <PlaceSelect label={t('field.place')} value={placeId} onChange={setPlaceId} clearable={false} />
            ) : null}
            {where === 'device' ? (
              <DeviceSelect label={t('field.device')} value={deviceId} onChange={setDeviceId} />
            ) : null}
            <Select
              label={t('field.lifetime')}
              data={lifetimes.map((value) => ({ value, label: t(`lifetime.${value}`) }))}
              value={days}
              onChange={(next) => setDays(next ?? '90')}
            />
          </div>
          <PermissionChecks parents={[]} permissions={permissions} onChange={setPermissions} nameOf={(role) => role} />
          <FormFault>{error ? text(error) : null}</FormFault>
          <div className={form.buttons}>
            <Button onClick={onClose}>{common('cancel')}</Button>
            <Button type="submit" variant="filled" loading={isPending} disabled={!isReady}>
              {t('make.submit')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
};
