import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import type { Solution } from '@muster/contract/solution';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type AnyRouter, RouterProvider } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { SessionProvider, useSession } from '../api/session.tsx';
import { live } from '../live/live.ts';
import { colorSchemeManager, theme } from '../theme/mantine.ts';
import { SolutionsProvider } from './solutions.tsx';
import { Waiting } from './waiting.tsx';

interface AppProps {
  router: AnyRouter;
  queryClient: QueryClient;
  solutions: readonly Solution[];
}

const Pages = ({ router, queryClient }: Omit<AppProps, 'solutions'>) => {
  const { session } = useSession();
  const { phase } = session;
  const shownPhase = useRef(phase);

  useEffect(() => {
    if (phase === 'signedIn') live.start();
    else {
      live.stop();
      queryClient.clear();
    }
    const before = shownPhase.current;
    shownPhase.current = phase;
    // Each page decides again who may see it; at the first view it does so by itself.
    if (before !== phase && before !== 'starting' && before !== 'unreachable') void router.invalidate();
  }, [phase, queryClient, router]);

  if (phase === 'starting' || phase === 'unreachable') return <Waiting unreachable={phase === 'unreachable'} />;
  return <RouterProvider router={router} />;
};

/** The theme with names, in the viewer's language, for buttons that Mantine draws without words. */
const useSpokenTheme = () => {
  const { t } = useTranslation();
  return useMemo(() => {
    const closeButtonProps = { 'aria-label': t('close') };
    const dialog = { defaultProps: { closeButtonProps } };
    return mergeThemeOverrides(theme, { components: { Modal: dialog, Drawer: dialog } });
  }, [t]);
};

/** Everything that pages stand on: theme, cache, session, live connection. */
export const App = ({ router, queryClient, solutions }: AppProps) => (
  <MantineProvider
    theme={useSpokenTheme()}
    colorSchemeManager={colorSchemeManager}
    defaultColorScheme="auto"
    withCssVariables={false}
    withGlobalClasses={false}
  >
    <SolutionsProvider value={solutions}>
      <QueryClientProvider client={queryClient}>
        <SessionProvider>
          <Pages router={router} queryClient={queryClient} />
        </SessionProvider>
      </QueryClientProvider>
    </SolutionsProvider>
  </MantineProvider>
);
