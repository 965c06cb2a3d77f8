import type { User } from '@muster/contract/identity';
import type { Permission } from '@muster/contract/permissions';
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { getSession, onSession, type Session, signIn, signOut } from './session-store.ts';

interface SessionValue {
  session: Session;
  /** Null: nobody is signed in. */
  user: User | null;
  signIn: typeof signIn;
  signOut: typeof signOut;
}

const Context = createContext<SessionValue | null>(null);

/** Gives the session to everything below it. */
export const SessionProvider = ({ children }: { children: ReactNode }) => {
  const session = useSyncExternalStore(onSession, getSession);
  return <Context value={{ session, user: session.user, signIn, signOut }}>{children}</Context>;
};

/** Who is signed in, and how to change that. */
export const useSession = (): SessionValue => {
  const value = useContext(Context);
  if (!value) throw new TypeError('useSession needs a SessionProvider above it.');
  return value;
};

/** May the signed-in person do this? The server asks again; this only decides what is shown. */
export const useMay = (permission: Permission): boolean => useSession().user?.permissions.includes(permission) === true;
