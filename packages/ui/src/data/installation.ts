import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';

/** Figures and addresses of the installation. */
export const useInstallation = (options: { refetchInterval?: number } = {}) =>
  useQuery({
    queryKey: ['installation'],
    queryFn: ({ signal }) => call(routes.system.installation, { signal }),
    ...options,
  });
