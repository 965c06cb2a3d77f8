import type { User } from '@muster/contract/identity';
import { routes } from '@muster/contract/routes';
import { access, call, onSessionEnded } from './client.ts';
import { ApiError } from './error.ts';
import { answerWithPasskey } from './passkeys.ts';

/**
 * Who sits in front of the screen. `unreachable`: the server did not answer yet, and is asked again. `newPassword`: signed in
 * with a password that somebody else gave, and allowed nothing but to choose another. `secondFactor`: signed in with one factor
 * where the organization wants two, and allowed nothing but to set up the other.
 */
export type Session =
  | { phase: 'starting' | 'unreachable' | 'setup'; user: null }
  | { phase: 'signedOut'; user: null; expired: boolean }
  | { phase: 'signedIn' | 'newPassword' | 'secondFactor'; user: User };

export interface SignInInput {
  username: string;
  password: string;
  /** Of the authenticator, or a backup code: the server asks for it once the password was right. */
  code?: string;
  organization?: string;
}

/** Says that a cookie is likely there: without it the first view need not ask for one. */
const HINT = 'muster-signed-in';
/** What tabs tell each other. */
const SIGNED_OUT = 'signed out';
const NEW_PASSWORD = 'new password';
/** What the server sends the browser back with after a sign-in elsewhere: the cookie is there, and the hint is not yet. */
const BACK = '#openid=done';
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];

let session: Session = { phase: 'starting', user: null };
const listeners = new Set<() => void>();
const otherTabs = new BroadcastChannel('muster-session');

const become = (next: Session) => {
  session = next;
  if (next.user) localStorage.setItem(HINT, '1');
  if (next.phase === 'signedOut') localStorage.removeItem(HINT);
  for (const listener of listeners) listener();
};

const phaseOf = (user: User) => {
  if (user.mustChangePassword) return 'newPassword';
  return user.mustSetUpSecondFactor ? 'secondFactor' : 'signedIn';
};

const enter = (user: User) => become({ phase: phaseOf(user), user });

const end = (expired: boolean) => {
  access.clear();
  become({ phase: 'signedOut', user: null, expired });
};

onSessionEnded(() => end(true));
otherTabs.onmessage = ({ data }: MessageEvent<unknown>) => {
  if (data === NEW_PASSWORD && session.phase === 'newPassword') void renewSession().catch(() => undefined);
  if (data === SIGNED_OUT && session.user) end(false);
};

export const getSession = (): Session => session;

export const onSession = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const isRefused = (error: unknown) => error instanceof ApiError && (error.status === 401 || error.status === 403);

/** Asks anew who is signed in, and what he may. @throws ApiError */
export const renewSession = async (): Promise<void> => enter((await access.renew()).user);

const askOnce = async (): Promise<void> => {
  if (localStorage.getItem(HINT) || location.hash === BACK) {
    try {
      return await renewSession();
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
  enter(tokens.user);
  return tokens.user;
};

/** Signs in with a passkey that the browser asks for. @throws ApiError 401 for one that opens nothing, or the browser's own error */
export const signInWithPasskey = async (): Promise<User> => {
  const tokens = await answerWithPasskey();
  access.use(tokens);
  enter(tokens.user);
  return tokens.user;
};

/** The code of the second factor, after a sign-in at a provider. @throws ApiError 401, with a fault at `/attempt` when it took too long, 429 */
export const finishSignIn = async (code: string): Promise<void> => {
  const tokens = await call(routes.openid.finish, { body: { code } });
  access.use(tokens);
  enter(tokens.user);
};

/** Ends the session here and in the browser's other tabs, also when the server cannot be told. */
export const signOut = async (): Promise<void> => {
  await call(routes.identity.logout).catch(() => undefined);
  otherTabs.postMessage(SIGNED_OUT);
  end(false);
};

/** Ends every session of the person, this one too. @throws ApiError */
export const signOutEverywhere = async (): Promise<void> => {
  await call(routes.identity.logoutEverywhere);
  otherTabs.postMessage(SIGNED_OUT);
  end(false);
};

/** Changes the own password, or sets the first one (no current one then); every other session ends. @throws ApiError 422 with the fault at its field */
export const changePassword = async (currentPassword: string | undefined, newPassword: string): Promise<void> => {
  await call(routes.identity.changePassword, {
    body: { ...(currentPassword === undefined ? {} : { currentPassword }), newPassword },
  });
  if (session.phase !== 'newPassword') return;
  // It is changed, so it must not be asked for again because only the answer was lost.
  await renewSession().catch(startSession);
  otherTabs.postMessage(NEW_PASSWORD);
};

/** The server says anew who is signed in: his roles may have changed under an open page. */
export const updateUser = (user: User): void => {
  if (session.user?.id === user.id) enter(user);
};

/** The organization of whoever is signed in got another name. */
export const renameOrganization = (name: string): void => {
  if (session.phase !== 'signedIn') return;
  const { user } = session;
  become({ phase: 'signedIn', user: { ...user, organization: { ...user.organization, name } } });
};
