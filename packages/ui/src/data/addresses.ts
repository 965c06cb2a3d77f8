import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';

/** Where devices connect to: whoever is signed in may know. */
export const useAddresses = () =>
  useQuery({
    queryKey: ['addresses'],
    queryFn: ({ signal }) => call(routes.system.addresses, { signal }),
    staleTime: 5 * 60_000,
  });
