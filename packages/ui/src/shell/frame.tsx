import { routes } from '@muster/contract/routes';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import { updateUser } from '../api/session-store.ts';
import { lazyPart } from '../app/lazy-part.ts';
import { useLiveRestored } from '../live/hooks.ts';
import classes from './frame.module.css';
import { useKeys } from './keys.ts';
import { LostBanner } from './lost-banner.tsx';
import { hideOverlay, showKeys, showPalette, useOverlay } from './overlays.ts';
import { Rail } from './rail.tsx';
import { StepUp } from './step-up.tsx';
import { TopBar } from './top-bar.tsx';

const Palette = lazyPart(() => import('./palette.tsx'));
const KeysDialog = lazyPart(() => import('./keys-dialog.tsx'));
const ExportChip = lazyPart(() => import('../pages/device/export/export-chip.tsx'));

const MAIN = 'main';

/** What stands around every page of whoever is signed in. On the way to another page, for who is not, it shows nothing. */
export const Frame = () => (useSession().session.phase === 'signedIn' ? <SignedInFrame /> : null);

/** Asks anew what the signed-in person may whenever he comes back to the page, or the connection does. */
const useFreshRights = () => {
  const { user } = useSession();
  const { data } = useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => call(routes.identity.me, { signal }),
    initialData: user ?? undefined,
  });
  useEffect(() => {
    if (data) updateUser(data);
  }, [data]);
};

const SignedInFrame = () => {
  const { t } = useTranslation('shell');
  const overlay = useOverlay();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const shownPath = useRef(pathname);

  useFreshRights();
  // What came while the connection was lost is known only to the server.
  useLiveRestored(() => void queryClient.invalidateQueries());

  useKeys({
    'mod+k': showPalette,
    '?': showKeys,
    'g o': () => void navigate({ to: '/' }),
    'g f': () => void navigate({ to: '/fleet' }),
    'g a': () => void navigate({ to: '/administration' }),
  });

  useEffect(() => {
    if (shownPath.current === pathname) return;
    shownPath.current = pathname;
    // A new page begins at its beginning, for who listens as for who looks.
    main.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <div className={classes.frame}>
      <a className={classes.skip} href={`#${MAIN}`}>
        {t('skip')}
      </a>
      <Rail />
      <TopBar />
      <LostBanner />
      <main ref={main} id={MAIN} className={classes.main} tabIndex={-1} data-scroll-restoration-id="main">
        <Outlet />
      </main>
      <Suspense>
        <ExportChip />
      </Suspense>
      <Suspense>
        {overlay === 'palette' ? <Palette onClose={hideOverlay} /> : null}
        {overlay === 'keys' ? <KeysDialog onClose={hideOverlay} /> : null}
      </Suspense>
      <StepUp />
    </div>
  );
};
