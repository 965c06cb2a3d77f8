import { redirect } from '@tanstack/react-router';
import { getSession } from '../api/session-store.ts';
import type { ReturnSearch } from './return.ts';

/** Lets only signed-in people pass; others sign in first and come back. */
export const requireSignedIn = (href: string): void => {
  const { phase } = getSession();
  if (phase === 'setup') throw redirect({ to: '/setup' });
  const search = href === '/' ? {} : { to: href };
  if (phase === 'signedOut') throw redirect({ to: '/sign-in', search });
  if (phase === 'newPassword') throw redirect({ to: '/new-password', search });
};

/** Sends whoever is signed in on to the page that was asked for. */
export const requireSignedOut = ({ to }: ReturnSearch): void => {
  const { phase } = getSession();
  if (phase === 'setup') throw redirect({ to: '/setup' });
  if (phase === 'newPassword') throw redirect({ to: '/new-password', search: to === undefined ? {} : { to } });
  if (phase === 'signedIn') throw redirect({ href: to ?? '/', replace: true });
};

/** Lets only those pass who must choose a new password before anything else. */
export const requireFirstPassword = ({ to }: ReturnSearch): void => {
  const { phase } = getSession();
  if (phase === 'setup') throw redirect({ to: '/setup' });
  if (phase === 'signedOut') throw redirect({ to: '/sign-in', search: to === undefined ? {} : { to } });
  if (phase === 'signedIn') throw redirect({ href: to ?? '/', replace: true });
};

/** Lets only the first owner pass. */
export const requireSetup = (): void => {
  if (getSession().phase !== 'setup') throw redirect({ to: '/' });
};
