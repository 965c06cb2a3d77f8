import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/error.ts';

const isPassing = (error: unknown) =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);

/** Makes the cache of answers: what may pass is asked again twice, a refusal is final. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // A server in the same hall answers also when the browser believes that there is no network.
        networkMode: 'always',
        staleTime: 5000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 2 && isPassing(error),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
