import type { Place } from '@muster/contract/places';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../parts/dialog.tsx';
import { PlaceForm } from './place-form.tsx';

interface PlaceDialogProps {
  /** The place to change; absent: a new one. */
  place?: Place;
  /** Where it stands, or will stand. */
  parentId: string | null;
  onClose(): void;
}

/** Makes a place, or renames and moves one. */
export const PlaceDialog = ({ place, parentId, onClose }: PlaceDialogProps) => {
  const { t } = useTranslation('places');
  return (
    <Dialog onClose={onClose} title={place ? t('edit.title', { name: place.name }) : t('add')} size={440}>
      <PlaceForm {...(place ? { place } : {})} parentId={parentId} onSaved={onClose} onCancel={onClose} />
    </Dialog>
  );
};
