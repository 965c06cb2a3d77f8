import { Button, Select, TextInput } from '@mantine/core';
import type { Place } from '@muster/contract/places';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError, faultOf } from '../../api/error.ts';
import { usePlaceKindOptions } from '../../app/solutions.tsx';
import { isWithin, type PlaceNode } from '../../data/place-tree.ts';
import { usePlaceTree } from '../../data/places.ts';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';
import { PlaceSelect } from '../../parts/place-select.tsx';
import { useRequestKey } from '../../parts/use-request-key.ts';
import { kindBelow } from './kind-below.ts';

interface PlaceFormProps {
  /** The place to change; absent: a new one. */
  place?: Place;
  /** Where it stands, or will stand. */
  parentId: string | null;
  onSaved(): void;
  /** Absent: there is nothing to return to. */
  onCancel?: () => void;
}

/** What a place is: its name, its kind, and where it stands as soon as there is another one. */
export const PlaceForm = ({ place, parentId, onSaved, onCancel }: PlaceFormProps) => {
  const { t } = useTranslation('places');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const kinds = usePlaceKindOptions();
  const keyOf = useRequestKey();
  const { tree } = usePlaceTree();
  const [name, setName] = useState(place?.name ?? '');
  const [kind, setKind] = useState(place?.kind ?? kindBelow(tree.find(parentId)?.place.kind ?? null));
  const [parent, setParent] = useState(parentId);
  const own = tree.find(place?.id);
  const isAllowed = (node: PlaceNode) => !own || !isWithin(own, node.place.id);
  const options = kinds.some((option) => option.value === kind) ? kinds : [...kinds, { value: kind, label: kind }];

  const save = useMutation({
    mutationFn: (): Promise<Place> => {
      const body = { name: name.trim(), kind, parentId: parent };
      return place
        ? call(routes.places.update, { params: { id: place.id }, body, ifMatch: place.version })
        : call(routes.places.create, { body, idempotencyKey: keyOf(body) });
    },
    onSuccess: async () => {
      await Promise.all(['places', 'overview'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      onSaved();
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) void client.invalidateQueries({ queryKey: ['places'] });
    },
  });
  const { error } = save;
  const isTaken = error instanceof ApiError && error.status === 409;

  return (
    <form
      className={form.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (name.trim() !== '') save.mutate();
      }}
    >
      <TextInput
        label={t('field.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={isTaken ? t('field.taken') : faultOf(error, '/name')}
        autoComplete="off"
        maxLength={120}
        required
        data-autofocus
      />
      <Select
        label={t('field.kind')}
        data={options}
        value={kind}
        onChange={(value) => setKind(value ?? kind)}
        error={faultOf(error, '/kind')}
      />
      {tree.roots.length > 0 ? (
        <PlaceSelect
          label={t('field.parent')}
          placeholder={t('field.atTop')}
          value={parent}
          onChange={setParent}
          allow={isAllowed}
          error={faultOf(error, '/parentId')}
        />
      ) : null}
      <FormFault>{error && !isTaken ? text(error) : null}</FormFault>
      <div className={form.buttons}>
        {onCancel ? <Button onClick={onCancel}>{common('cancel')}</Button> : null}
        <Button type="submit" variant="filled" loading={save.isPending} disabled={name.trim() === ''}>
          {common('save')}
        </Button>
      </div>
    </form>
  );
};
