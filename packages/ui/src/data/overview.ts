import type { LiveFleetData } from '@muster/contract/live';
import { routes } from '@muster/contract/routes';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { call } from '../api/client.ts';
import { useLiveTopic } from '../live/hooks.ts';

/** A storm of changes asks the server once in this time. */
const AT_MOST_MS = 2000;
const REFRESH_MS = 30_000;

/** The fleet at a glance, kept up as devices come and go. */
export const useOverview = (placeId: string | undefined, options: { enabled?: boolean } = {}) => {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  useLiveTopic('fleet', (data: LiveFleetData) => {
    if ('figures' in data || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: ['overview'] });
    }, AT_MOST_MS);
  });

  return useQuery({
    queryKey: ['overview', placeId ?? null],
    queryFn: ({ signal }) => call(routes.system.overview, { query: { placeId }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
    ...options,
  });
};
