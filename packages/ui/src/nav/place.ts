import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** The place filter, which follows across pages. */
export interface PlaceSearch {
  /** Id of a place; absent: everywhere. */
  place?: string | undefined;
}

/** Reads the place filter of an address, and leaves the rest of it to the page. */
export const parsePlace = ({ place }: Record<string, unknown>): PlaceSearch => ({
  place: typeof place === 'string' && /^[0-9a-f-]{36}$/.test(place) ? place : undefined,
});

/** The place that pages are limited to, and how to change it; undefined: everywhere. */
export const usePlace = (): { place: string | undefined; setPlace(place: string | undefined): void } => {
  const { place } = useSearch({ strict: false }) as PlaceSearch;
  const { pathname } = useLocation();
  const navigate = useNavigate();
  // One device does not change with a place: what is meant is the fleet.
  const isDevice = pathname.startsWith('/devices/');
  const setPlace = useCallback(
    (next: string | undefined) => {
      if (isDevice) void navigate({ to: '/fleet', search: { place: next } });
      else void navigate({ to: '.', search: (before) => ({ ...before, place: next }) });
    },
    [navigate, isDevice],
  );
  return { place, setPlace };
};
