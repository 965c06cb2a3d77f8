import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { useMay } from '../api/session.tsx';

/** Figures of the installation; none for whoever may not see them. */
export const useInstallation = (options: { refetchInterval?: number } = {}) =>
  useQuery({
    queryKey: ['installation'],
    queryFn: ({ signal }) => call(routes.system.installation, { signal }),
    enabled: useMay('system:read'),
    ...options,
  });
