import type { PlaceWithHealth } from '@muster/contract/places';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { createPlaceTree, type PlaceTree, pathOf } from './place-tree.ts';

const AT_ONCE = 500;

/** All places, parents before children. @throws ApiError */
const readPlaces = async (signal: AbortSignal): Promise<PlaceWithHealth[]> => {
  const places: PlaceWithHealth[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await call(routes.places.list, { query: { limit: AT_ONCE, cursor }, signal });
    places.push(...page.items);
    cursor = page.nextCursor;
  }
  return places;
};

/** All places; none for whoever may not see them. */
const usePlaces = () => {
  const enabled = useMay('place:read');
  const { data, isPending, error } = useQuery({
    queryKey: ['places', 'all'],
    queryFn: ({ signal }) => readPlaces(signal),
    staleTime: 60_000,
    enabled,
  });
  return { data, isPending: enabled && isPending, error };
};

const none: readonly PlaceWithHealth[] = [];

/** All places as a tree; empty until they are read. */
export const usePlaceTree = (): { tree: PlaceTree; isPending: boolean; error: Error | null } => {
  const { data, isPending, error } = usePlaces();
  const tree = useMemo(() => createPlaceTree(data ?? none), [data]);
  return { tree, isPending, error };
};

/** Says where a place is: its path, nothing until it is read, and for whoever does not see it that it is not to be seen. */
export const usePlaceName = (): ((placeId: string) => string) => {
  const { t } = useTranslation('places');
  const { tree, isPending, error } = usePlaceTree();
  return (placeId) => {
    const node = tree.find(placeId);
    if (node) return pathOf(node);
    return isPending || error ? '' : t('unseen');
  };
};
