import '@fontsource-variable/inter/wght.css';
import '../theme/mantine.css';
import '../theme/tokens.css';
import '../theme/mantine-tokens.css';
import '../theme/global.css';
import type { Solution } from '@muster/contract/solution';
import type { QueryClient } from '@tanstack/react-query';
import type { AnyRouter } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { startSession } from '../api/session-store.ts';
import { startTexts } from '../i18n/start.ts';
import { takeLinkToken } from '../nav/link-token.ts';
import { App } from './app.tsx';

interface StartOptions {
  element: HTMLElement;
  router: AnyRouter;
  queryClient: QueryClient;
  solutions: readonly Solution[];
}

/** Starts the app in an element of the page. */
export const startApp = async ({ element, router, queryClient, solutions }: StartOptions): Promise<void> => {
  takeLinkToken();
  addEventListener('hashchange', takeLinkToken);
  const asked = startSession();
  await startTexts();
  createRoot(element).render(<App router={router} queryClient={queryClient} solutions={solutions} />);
  await asked;
};
