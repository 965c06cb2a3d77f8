import { Button } from '@mantine/core';
import type { PlaceEffect, PlaceWithHealth } from '@muster/contract/places';
import { routes } from '@muster/contract/routes';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError } from '../../api/error.ts';
import { useKindRules } from '../../data/place-kinds.ts';
import { isWithin, type PlaceNode } from '../../data/place-tree.ts';
import { usePlaceTree } from '../../data/places.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';
import { PlaceSelect } from '../../parts/place-select.tsx';
import classes from './places-page.module.css';
import { useSavedPlaces } from './use-saved-places.ts';

interface MovePlaceDialogProps {
  place: PlaceWithHealth;
  /** Where it was dropped; undefined: where it stands. */
  parentId: string | null | undefined;
  onClose(): void;
}

/** Moves a place with all below it, and says before what that does. */
export const MovePlaceDialog = ({ place, parentId, onClose }: MovePlaceDialogProps) => {
  const { t } = useTranslation('places');
  const common = useTranslation().t;
  const text = useErrorText();
  const saved = useSavedPlaces();
  const { fits } = useKindRules();
  const { tree } = usePlaceTree();
  const [parent, setParent] = useState(parentId === undefined ? place.parentId : parentId);
  const own = tree.find(place.id);
  const isNew = parent !== place.parentId;
  const atTop = fits(place.kind, null);
  const effect = useQuery({
    queryKey: ['places', 'effect', place.id, place.version, parent],
    queryFn: ({ signal }) =>
      call(routes.places.effect, { params: { id: place.id }, query: { parentId: parent ?? 'top' }, signal }),
    enabled: isNew,
    staleTime: 0,
  });
  const move = useMutation({
    mutationFn: () =>
      call(routes.places.update, { params: { id: place.id }, body: { parentId: parent }, ifMatch: place.version }),
    onSuccess: async () => {
      await saved();
      onClose();
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) void saved();
    },
  });
  const isTaken = move.error instanceof ApiError && move.error.status === 409;
  const isRefused = isNew && (effect.data === undefined || effect.data.faults.length > 0);
  return (
    <Dialog onClose={onClose} title={t('move.title', { name: place.name })} size={440}>
      <form
        className={form.form}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (isNew && !isRefused) move.mutate();
        }}
      >
        <PlaceSelect
          label={t('move.to')}
          placeholder={t(atTop ? 'field.atTop' : 'move.choose')}
          value={parent}
          onChange={setParent}
          clearable={atTop}
          allow={(node: PlaceNode) => !(own && isWithin(own, node.place.id)) && fits(place.kind, node)}
          openOnFocus={false}
          data-autofocus
        />
        {isNew && effect.data ? <Effect effect={effect.data} /> : null}
        <FormFault>
          {isTaken ? t('field.taken') : move.error ? text(move.error) : effect.error ? text(effect.error) : null}
        </FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="filled" loading={move.isPending} disabled={!isNew || isRefused}>
            {t('move.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

const Effect = ({ effect: { places, devices, timezone, labels, faults } }: { effect: PlaceEffect }) => {
  const { t } = useTranslation('places');
  const { t: errors } = useTranslation('error');
  const gained = labels.gained.join(', ');
  const lost = labels.lost.join(', ');
  return (
    <div className={classes.effect} aria-live="polite">
      <p>{`${t('move.places', { count: places })}, ${t('health.devices', { count: devices })}.`}</p>
      {timezone.from === timezone.to ? null : <p>{t('move.timezone', timezone)}</p>}
      {gained === '' ? null : <p>{t('move.gained', { labels: gained })}</p>}
      {lost === '' ? null : <p>{t('move.lost', { labels: lost })}</p>}
      {faults.map(({ code, message, params, deviceIds }) => (
        <FormFault key={message}>
          {[errors(`fault.${code}`, { defaultValue: message, ...params }), ...deviceIds.slice(0, 20)].join(' · ')}
        </FormFault>
      ))}
    </div>
  );
};
