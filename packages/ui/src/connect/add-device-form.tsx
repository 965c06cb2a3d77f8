import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, faultOf } from '../api/error.ts';
import { useDeviceTypes } from '../data/device-types.ts';
import { useErrorText } from '../parts/error-text.ts';
import form from '../parts/form.module.css';
import { FormFault } from '../parts/form-fault.tsx';
import { PlaceSelect } from '../parts/place-select.tsx';
import { useRequestKey } from '../parts/use-request-key.ts';
import { createDevice, type MadeDevice, type NewDevice } from './create-device.ts';

/** Of a device's id, characters. */
const LONGEST_ID = 64;

interface AddDeviceFormProps {
  placeId: string | undefined;
  proposedId: string;
  onMade(made: MadeDevice): void;
  /** Absent: there is nothing to return to. */
  onCancel?: () => void;
}

/** Asks for what a device needs: an id; the rest has a sensible beginning. */
export const AddDeviceForm = ({ placeId, proposedId, onMade, onCancel }: AddDeviceFormProps) => {
  const { t } = useTranslation('connect');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const keyOf = useRequestKey();
  const types = useDeviceTypes();
  const [input, setInput] = useState<NewDevice>({
    deviceId: proposedId,
    name: '',
    type: 'generic',
    placeId: placeId ?? null,
  });
  const [isChecked, setChecked] = useState(false);
  const set = (part: Partial<NewDevice>) => setInput((before) => ({ ...before, ...part }));
  const idIsRight = /^[A-Za-z0-9._-]{1,64}$/.test(input.deviceId);

  const create = useMutation({
    mutationFn: () => createDevice(input, keyOf(input)),
    onSuccess: async (made) => {
      onMade(made);
      await Promise.all(['devices', 'overview'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
  const { error } = create;
  const isTaken = error instanceof ApiError && error.status === 409;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (idIsRight) create.mutate();
  };

  return (
    <form className={form.form} onSubmit={submit} noValidate>
      <TextInput
        label={t('add.id')}
        description={t('add.idHint')}
        value={input.deviceId}
        onChange={(event) => {
          set({ deviceId: event.currentTarget.value.trim() });
          create.reset();
        }}
        error={
          (isChecked || input.deviceId.length > LONGEST_ID) && !idIsRight
            ? t('add.idWrong')
            : isTaken
              ? t('add.idTaken')
              : faultOf(error, '/deviceId')
        }
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        data-autofocus
      />
      <TextInput
        label={t('add.name')}
        placeholder={input.deviceId}
        value={input.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={faultOf(error, '/name')}
        autoComplete="off"
        maxLength={120}
      />
      <div className={form.pair}>
        <Select
          label={t('add.type')}
          data={types.options}
          value={input.type}
          onChange={(type) => set({ type: type ?? 'generic' })}
          error={faultOf(error, '/type')}
          searchable
        />
        <PlaceSelect
          label={t('add.place')}
          value={input.placeId}
          onChange={(place) => set({ placeId: place })}
          error={faultOf(error, '/placeId')}
        />
      </div>
      <FormFault>
        {error && !isTaken && !(error instanceof ApiError && error.status === 422) ? text(error) : null}
      </FormFault>
      <div className={form.buttons}>
        {onCancel ? <Button onClick={onCancel}>{common('cancel')}</Button> : null}
        <Button type="submit" variant="filled" loading={create.isPending}>
          {t('add.submit')}
        </Button>
      </div>
    </form>
  );
};
