import { Button, Select, TextInput } from '@mantine/core';
import type { Place } from '@muster/contract/places';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError, faultOf } from '../../api/error.ts';
import { useKindRules } from '../../data/place-kinds.ts';
import { usePlaceTree } from '../../data/places.ts';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';
import { PlaceSelect } from '../../parts/place-select.tsx';
import { useRequestKey } from '../../parts/use-request-key.ts';
import { kindBelow } from './kind-below.ts';
import { type PlaceDetails, PlaceDetailsFields, readDetails, useDetails } from './place-details.tsx';
import { useSavedPlaces } from './use-saved-places.ts';

interface PlaceFormProps {
  /** The place to change; absent: a new one. */
  place?: Place;
  /** Where it stands, or will stand. */
  parentId: string | null;
  /** Without what can be said later. */
  brief?: boolean;
  onSaved(): void;
  /** Absent: there is nothing to return to. */
  onCancel?: () => void;
}

/** What a place is: its name, its kind among those that may stand there, and what else is known of it. */
export const PlaceForm = ({ place, parentId, brief = false, onSaved, onCancel }: PlaceFormProps) => {
  const { t } = useTranslation('places');
  const common = useTranslation().t;
  const text = useErrorText();
  const saved = useSavedPlaces();
  const keyOf = useRequestKey();
  const { tree } = usePlaceTree();
  const { optionsIn, nameOf } = useKindRules();
  const [name, setName] = useState(place?.name ?? '');
  const [parent, setParent] = useState(parentId);
  const [chosen, setChosen] = useState<string | null>(place?.kind ?? null);
  const [details, setDetails] = useDetails(place);
  const above = tree.find(parent);
  const fitting = optionsIn(above?.place.kind ?? null);
  const allowed = fitting.map(({ value }) => value);
  const isKept = place !== undefined && chosen === place.kind && !allowed.includes(place.kind);
  const options = isKept ? [...fitting, { value: place.kind, label: nameOf(place.kind) }] : fitting;
  const kind =
    chosen !== null && options.some(({ value }) => value === chosen)
      ? chosen
      : kindBelow(above?.place.kind ?? null, allowed);

  const save = useMutation({
    mutationFn: (): Promise<Place> => {
      const more: Partial<PlaceDetails['read']> = brief ? {} : readDetails(details, place);
      if (!place) {
        const body = { name: name.trim(), kind, parentId: parent, ...more };
        return call(routes.places.create, { body, idempotencyKey: keyOf(body) });
      }
      const body = { name: name.trim(), kind, ...more };
      return call(routes.places.update, { params: { id: place.id }, body, ifMatch: place.version });
    },
    onSuccess: async () => {
      await saved();
      onSaved();
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) void saved();
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
        onChange={(value) => setChosen(value ?? kind)}
        allowDeselect={false}
        error={faultOf(error, '/kind')}
      />
      {!place && tree.roots.length > 0 ? (
        <PlaceSelect
          label={t('field.parent')}
          placeholder={t('field.atTop')}
          value={parent}
          onChange={setParent}
          error={faultOf(error, '/parentId')}
        />
      ) : null}
      {brief ? null : <PlaceDetailsFields details={details} onChange={setDetails} above={above} error={error} />}
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
