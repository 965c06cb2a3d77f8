import { routes } from '@muster/contract/routes';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';

const setupQuery = queryOptions({
  queryKey: ['setup'] as const,
  queryFn: ({ signal }) => call(routes.identity.setupState, { signal }),
  staleTime: 60_000,
});

/** Does this server send mail? undefined: it has not answered yet. */
export const useSendsMail = (): boolean | undefined => useQuery(setupQuery).data?.mail;
