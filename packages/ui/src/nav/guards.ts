import { redirect } from '@tanstack/react-router';
import { getSession } from '../api/session-store.ts';
import type { ReturnSearch } from './return.ts';

/** What somebody must do before anything else, and where. */
const steps = { newPassword: '/new-password', secondFactor: '/second-factor' } as const;
type Step = keyof typeof steps;

const isStep = (phase: string): phase is Step => phase in steps;

/** Lets only signed-in people pass; others sign in first and come back. */
export const requireSignedIn = (href: string): void => {
  const { phase } = getSession();
  if (phase === 'setup') throw redirect({ to: '/setup' });
  const search = href === '/' ? {} : { to: href };
  if (phase === 'signedOut') throw redirect({ to: '/sign-in', search });
  if (isStep(phase)) throw redirect({ to: steps[phase], search });
};

/** Sends whoever is signed in on to the page that was asked for. */
export const requireSignedOut = ({ to }: ReturnSearch): void => {
  const { phase } = getSession();
  if (phase === 'setup') throw redirect({ to: '/setup' });
  if (isStep(phase)) throw redirect({ to: steps[phase], search: to === undefined ? {} : { to } });
  if (phase === 'signedIn') throw redirect({ href: to ?? '/', replace: true });
};

/** Lets only those pass who must do this step before anything else. */
export const requireStep = (step: Step, { to }: ReturnSearch): void => {
  const { phase } = getSession();
  const search = to === undefined ? {} : { to };
  if (phase === 'setup') throw redirect({ to: '/setup' });
  if (phase === 'signedOut') throw redirect({ to: '/sign-in', search });
  if (phase === 'signedIn') throw redirect({ href: to ?? '/', replace: true });
  if (isStep(phase) && phase !== step) throw redirect({ to: steps[phase], search });
};

/** Lets only the first owner pass, and leads him on as soon as there is one. */
export const requireSetup = (): void => {
  const { phase } = getSession();
  if (phase !== 'setup') throw redirect({ to: phase === 'signedIn' ? '/first-steps' : '/' });
};
