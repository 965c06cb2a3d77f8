import { createQueryClient } from '@muster/ui/app/query-client.ts';
import { startApp } from '@muster/ui/app/start.tsx';
import { whenIdle } from '@muster/ui/app/when-idle.ts';
import { fetchPages, router, warmUp } from './router.tsx';
import { solutions } from './solutions.ts';

const element = document.getElementById('app');
if (element) {
  const started = startApp({ element, router, queryClient: createQueryClient(), solutions });
  // After the question who is there, which everything waits for.
  warmUp(location.pathname);
  await started;
  whenIdle(fetchPages);
}
