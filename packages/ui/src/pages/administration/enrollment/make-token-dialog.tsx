import { Button, Select, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { useDeviceTypes } from '../../../data/device-types.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { PlaceSelect } from '../../../parts/place-select.tsx';
import { useRequestKey } from '../../../parts/use-request-key.ts';
import { curlCommand } from '../../device/access/commands.ts';
import { Secret } from '../secret.tsx';
import { endAfter, lifetimes, usesOf } from './fields.ts';
import { useFaultText } from './use-fault-text.ts';

/** Makes an enrollment token and shows its secret, once, with the line that registers a device. */
export const MakeTokenDialog = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('enrollment');
  const common = useTranslation().t;
  const text = useFaultText();
  const client = useQueryClient();
  const keyOf = useRequestKey();
  const types = useDeviceTypes();
  const [name, setName] = useState('');
  const [placeId, setPlaceId] = useState<string | null>(null);
  const [type, setType] = useState<string | null>(null);
  const [uses, setUses] = useState('1');
  const [days, setDays] = useState<string>('7');
  const expiresAt = useMemo(() => endAfter(days), [days]);
  const maxUses = usesOf(uses);
  const isReady = name.trim() !== '' && maxUses !== null;
  const make = useMutation({
    mutationFn: () => {
      // the same end on a second try: it is the same wish
      const body = { name: name.trim(), placeId, type, maxUses: maxUses ?? 1, expiresAt };
      return call(routes.enrollment.create, { body, idempotencyKey: keyOf(body) });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['enrollment-tokens'] }),
  });
  const { data, error, isPending } = make;
  return (
    <Dialog onClose={onClose} title={t(data ? 'made' : 'make.title')} size={560} keep={data !== undefined}>
      {data ? (
        <Secret
          secret={data.secret}
          text={t('secret.text', { count: data.enrollmentToken.maxUses })}
          use={t('secret.use')}
          command={curlCommand(
            location.origin,
            data.secret,
            routes.enrollment.register.path,
            JSON.stringify({ deviceId: 'device-1', type: data.enrollmentToken.type ?? 'generic' }),
          )}
          onKept={onClose}
        />
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
            autoComplete="off"
            data-autofocus
            required
          />
          <div className={form.pair}>
            <PlaceSelect label={t('field.place')} value={placeId} onChange={setPlaceId} />
            <Select
              label={t('field.type')}
              placeholder={t('anyType')}
              data={types.options}
              value={type}
              onChange={setType}
              searchable
              clearable
              clearButtonProps={{ 'aria-label': t('field.clearType') }}
            />
            <TextInput
              label={t('field.uses')}
              value={uses}
              onChange={(event) => setUses(event.currentTarget.value)}
              error={maxUses === null ? t('field.usesWrong') : null}
              inputMode="numeric"
              autoComplete="off"
            />
            <Select
              label={t('field.lifetime')}
              data={lifetimes.map((value) => ({ value, label: t(`lifetime.${value}`) }))}
              value={days}
              onChange={(next) => setDays(next ?? '7')}
              allowDeselect={false}
            />
          </div>
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
