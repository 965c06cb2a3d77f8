import { Button, Select, TextInput } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError } from '../../../api/error.ts';
import { type PlaceTree, pathOf } from '../../../data/place-tree.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { StateShape } from '../../../theme/state-mark.tsx';
import { useDeviceChanged } from '../data.ts';
import own from '../form.module.css';

interface EditModalProps {
  device: Device;
  tree: PlaceTree;
  onClose(): void;
}

interface Fields {
  name: string;
  placeId: string | null;
  serialNumber: string;
  labels: string;
}

const fieldsOf = (device: Device): Fields => ({
  name: device.name,
  placeId: device.placeId,
  serialNumber: device.serialNumber ?? '',
  labels: device.labels.join(', '),
});

const labelsOf = (text: string): string[] => [
  ...new Set(text.split(',').flatMap((label) => (label.trim() ? [label.trim()] : []))),
];

/** Changes what people say about a device. Somebody else's change in between is shown, never overwritten unseen. */
export const EditModal = ({ device, tree, onClose }: EditModalProps) => {
  const { t } = useTranslation('device');
  const errorText = useErrorText();
  const changed = useDeviceChanged();
  const [fields, setFields] = useState(() => fieldsOf(device));
  const [basis, setBasis] = useState(device);
  const [theirs, setTheirs] = useState<Device | null>(null);
  const set = (part: Partial<Fields>) => setFields((before) => ({ ...before, ...part }));

  const save = useMutation({
    mutationFn: (version: number) =>
      call(routes.devices.update, {
        params: { deviceId: device.deviceId },
        ifMatch: version,
        body: {
          name: fields.name.trim(),
          placeId: fields.placeId,
          serialNumber: fields.serialNumber.trim(),
          labels: labelsOf(fields.labels),
        },
      }),
    onSuccess: async (saved) => {
      await changed(saved);
      onClose();
    },
    onError: async (error) => {
      if (!(error instanceof ApiError) || error.status !== 412) return;
      setTheirs(await call(routes.devices.get, { params: { deviceId: device.deviceId } }));
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(basis.version);
  };
  const takeTheirs = async (current: Device) => {
    await changed(current);
    setBasis(current);
    setFields(fieldsOf(current));
    setTheirs(null);
    save.reset();
  };

  return (
    <Dialog onClose={onClose} title={t('edit.title', { name: basis.name })}>
      <form className={form.form} onSubmit={submit}>
        <TextInput
          label={t('edit.name')}
          value={fields.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          required
          maxLength={120}
          data-autofocus
        />
        <Select
          label={t('edit.place')}
          placeholder={t('header.noPlace')}
          value={fields.placeId}
          onChange={(placeId) => set({ placeId })}
          data={tree.nodes.map((node) => ({ value: node.place.id, label: pathOf(node) }))}
          nothingFoundMessage={t('edit.noPlaces')}
          searchable
          clearable
        />
        <TextInput
          label={t('edit.serial')}
          value={fields.serialNumber}
          onChange={(event) => set({ serialNumber: event.currentTarget.value })}
          maxLength={120}
        />
        <TextInput
          label={t('edit.labels')}
          description={t('edit.labelsHint')}
          value={fields.labels}
          onChange={(event) => set({ labels: event.currentTarget.value })}
        />
        {theirs ? <Conflict theirs={theirs} tree={tree} /> : null}
        <FormFault>{save.error && !theirs ? errorText(save.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose}>{t('cancel')}</Button>
          {theirs ? (
            <>
              <Button onClick={() => void takeTheirs(theirs)}>{t('edit.takeTheirs')}</Button>
              <Button variant="filled" loading={save.isPending} onClick={() => save.mutate(theirs.version)}>
                {t('edit.overwrite')}
              </Button>
            </>
          ) : (
            <Button type="submit" variant="filled" loading={save.isPending}>
              {t('edit.save')}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
};

const Conflict = ({ theirs, tree }: { theirs: Device; tree: PlaceTree }) => {
  const { t } = useTranslation('device');
  const place = tree.find(theirs.placeId);
  const rows = [
    [t('edit.name'), theirs.name],
    [t('edit.place'), place ? pathOf(place) : t('header.noPlace')],
    [t('edit.serial'), theirs.serialNumber || '–'],
    [t('edit.labels'), theirs.labels.join(', ') || '–'],
  ];
  return (
    <div className={own.conflict} role="alert">
      <p>
        <StateShape state="warning" /> {t('edit.conflict')}
      </p>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
};
