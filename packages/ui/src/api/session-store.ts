import type { User } from '@muster/contract/identity';
import { routes } from '@muster/contract/routes';
import { access, call, onSessionEnded } from './client.ts';
import { ApiError } from './error.ts';

/** Who sits in front of the screen. `unreachable`: the server did not answer yet, and is asked again. */
export type Session =
  | { phase: 'starting' | 'unreachable' | 'setup'; user: null }
  | { phase: 'signedOut'; user: null; expired: boolean }
  | { phase: 'signedIn'; user: User };

export interface SignInInput {
  username: string;
  password: string;
  /** Of the authenticator, or a backup code: the server asks for it once the password was right. */
  code?: string;
  organization?: string;
}

/** Says that a cookie is likely there: without it the first view need not ask for one. */
const HINT = 'muster-signed-in';
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];

let session: Session = { phase: 'starting', user: null };
const listeners = new Set<() => void>();
const otherTabs = new BroadcastChannel('muster-session');

const become = (next: Session) => {
  session = next;
  if (next.phase === 'signedIn') localStorage.setItem(HINT, '1');
  if (next.phase === 'signedOut') localStorage.removeItem(HINT);
  for (const listener of listeners) listener();
};

const end = (expired: boolean) => {
  access.clear();
  become({ phase: 'signedOut', user: null, expired });
};

onSessionEnded(() => end(true));
otherTabs.onmessage = () => {
  if (session.phase === 'signedIn') end(false);
};

export const getSession = (): Session => session;

export const onSession = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const isRefused = (error: unknown) => error instanceof ApiError && (error.status === 401 || error.status === 403);

const askOnce = async (): Promise<void> => {
  if (localStorage.getItem(HINT)) {
    try {
      const { user } = await access.renew();
      become({ phase: 'signedIn', user });
      return;
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }
  const { required } = await call(routes.identity.setupState);
  become(required ? { phase: 'setup', user: null } : { phase: 'signedOut', user: null, expired: false });
};

/** Finds out who is signed in; asks until the server answers. */
export const startSession = async (): Promise<void> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await askOnce();
    } catch {
      become({ phase: 'unreachable', user: null });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS[attempt] ?? 15_000));
    }
  }
};

/** Signs in. @throws ApiError 401 for a wrong name or password, with a fault at `/code` when a code is needed, 429 with `retryAfter` when throttled */
export const signIn = async (input: SignInInput): Promise<User> => {
  const tokens = await call(routes.identity.login, { body: input });
  access.use(tokens);
  become({ phase: 'signedIn', user: tokens.user });
  return tokens.user;
};

/** Ends the session here and in the browser's other tabs, also when the server cannot be told. */
export const signOut = async (): Promise<void> => {
  await call(routes.identity.logout).catch(() => undefined);
  otherTabs.postMessage('signed out');
  end(false);
};

/** The organization of whoever is signed in got another name. */
export const renameOrganization = (name: string): void => {
  if (session.phase !== 'signedIn') return;
  const { user } = session;
  become({ phase: 'signedIn', user: { ...user, organization: { ...user.organization, name } } });
};
