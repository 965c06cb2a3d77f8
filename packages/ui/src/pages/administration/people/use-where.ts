import type { Assignment } from '@muster/contract/access';
import { useTranslation } from 'react-i18next';
import { isWithin } from '../../../data/place-tree.ts';
import { usePlaceTree } from '../../../data/places.ts';

/** Says where something holds. */
export const useWhere = () => {
  const { t } = useTranslation('people');
  const { tree } = usePlaceTree();
  const placeName = (id: string): string => tree.find(id)?.place.name ?? t('where.unknownPlace');
  return {
    placeName,
    /** Does a place stand somewhere inside another one? */
    isBelow: (id: string, above: string): boolean => {
      const node = tree.find(above);
      return node !== undefined && isWithin(node, id);
    },
    /** Null: in the whole organization. */
    whereOf: ({ placeId, deviceId }: Omit<Assignment, 'role'>): string | null =>
      placeId !== null ? placeName(placeId) : deviceId,
  };
};
