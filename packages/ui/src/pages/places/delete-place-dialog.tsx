import { Button } from '@mantine/core';
import type { Place } from '@muster/contract/places';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError } from '../../api/error.ts';
import { usePlace } from '../../nav/place.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';

/** Asks once, by name, before a place goes. */
export const DeletePlaceDialog = ({ place, onClose }: { place: Place; onClose(): void }) => {
  const { t } = useTranslation('places');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const filter = usePlace();
  const remove = useMutation({
    mutationFn: () => call(routes.places.delete, { params: { id: place.id } }),
    onSuccess: async () => {
      if (filter.place === place.id) filter.setPlace(undefined);
      await Promise.all(['places', 'overview'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      onClose();
    },
  });
  const { error } = remove;
  const isFull = error instanceof ApiError && error.status === 409;
  return (
    <Dialog onClose={onClose} title={t('delete.title', { name: place.name })} size={420}>
      <div className={form.form}>
        <p>{t('delete.text')}</p>
        <FormFault>{error ? (isFull ? t('delete.full') : text(error)) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('delete.confirm', { name: place.name })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
