import type { Place } from '@muster/contract/places';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call } from '../api/client.ts';
import { createPlaceTree, type PlaceTree } from './place-tree.ts';

const AT_ONCE = 500;

/** All places, parents before children. @throws ApiError */
const readPlaces = async (signal: AbortSignal): Promise<Place[]> => {
  const places: Place[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await call(routes.places.list, { query: { limit: AT_ONCE, cursor }, signal });
    places.push(...page.items);
    cursor = page.nextCursor;
  }
  return places;
};

/** All places. */
const usePlaces = () =>
  useQuery({ queryKey: ['places', 'all'], queryFn: ({ signal }) => readPlaces(signal), staleTime: 60_000 });

const none: readonly Place[] = [];

/** All places as a tree; empty until they are read. */
export const usePlaceTree = (): { tree: PlaceTree; isPending: boolean; error: Error | null } => {
  const { data, isPending, error } = usePlaces();
  const tree = useMemo(() => createPlaceTree(data ?? none), [data]);
  return { tree, isPending, error };
};
