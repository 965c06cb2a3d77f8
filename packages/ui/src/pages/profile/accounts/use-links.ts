import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../../api/client.ts';

/** The accounts elsewhere that sign the viewer in, and whether he has a password beside them. */
export const useLinks = () =>
  useQuery({
    queryKey: ['openid-links'],
    queryFn: ({ signal }) => call(routes.openid.links, { signal }),
  });

/** Has the viewer a password? Until it is known, as nearly everybody has. */
export const useHasPassword = (): boolean => useLinks().data?.hasPassword ?? true;
