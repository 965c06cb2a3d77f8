import type { AccessCatalogue } from '../access/index.ts';
import type { Outbox } from '../mail/index.ts';
import type { Db } from '../platform/db/store.ts';
import type { Binder } from '../platform/http/bind.ts';
import type { Log } from '../platform/log.ts';
import type { Refusals } from '../platform/refusals.ts';
import type { Secret } from '../platform/secret.ts';
import { bindApiKeys } from './api-keys/http.ts';
import { createApiKeys } from './api-keys/open.ts';
import { bindIdentity } from './http.ts';
import { createIdentify, type Identify } from './identify.ts';
import { bindInvitations } from './invitations/http.ts';
import { openThrottle } from './kept-throttle.ts';
import { createForgotPassword } from './mail-links/forgot-password.ts';
import { bindOpenid } from './openid/http.ts';
import { bindOrganizations } from './organizations/http.ts';
import { createSessionCookie } from './session-cookie.ts';
import { createSessions } from './sessions.ts';
import { createSetup, type Setup } from './setup.ts';
import { openSigningKeys, type SigningKeys } from './signing-keys.ts';
import type { Throttle } from './throttle.ts';
import { createAccessTokens } from './tokens.ts';
import { bindUsers } from './users/http.ts';

export interface IdentityOptions {
  db: Db;
  secret: Secret;
  catalogue: AccessCatalogue;
  outbox: Outbox;
  refusals: Refusals;
  dataDir: string;
  log: Log;
}

/** Where this server is found, known when its ports are open. */
export interface Whereabouts {
  /** The only base of links and of the address that providers send browsers back to. */
  publicUrl(): string;
  /** Addresses under which browsers reach this server. */
  origins(): readonly string[];
  /** An organization came to be. */
  onOrganization(): Promise<void>;
}

/** Everything that finds out who calls, as one part of a server. */
export interface Identity {
  identify: Identify;
  throttle: Throttle;
  setup: Setup;
  /** Public keys of access tokens. */
  jwks: SigningKeys['jwks'];
  /** Somebody may more or less than before: callers are looked up again. */
  forget(): void;
  bind(bind: Binder, whereabouts: Whereabouts): void;
  /** What was asked for is done, what was counted is kept. */
  stop(): Promise<void>;
}

export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { db, secret, catalogue, outbox, refusals, dataDir, log } = options;
  const signingKeys = await openSigningKeys(db, secret, log);
  const tokens = createAccessTokens(signingKeys);
  const { throttle, stop: keepThrottle } = await openThrottle(db, log);
  const sessions = createSessions(db, secret, catalogue);
  const apiKeys = createApiKeys(db, catalogue);
  const cookie = createSessionCookie(secret, sessions, tokens);
  const forgotPassword = createForgotPassword(db, outbox, log);
  const setup = createSetup(db, dataDir, catalogue);
  return {
    identify: createIdentify(tokens, sessions, apiKeys),
    throttle,
    setup,
    jwks: signingKeys.jwks,
    forget() {
      sessions.forget();
      apiKeys.forget();
    },
    bind(bind, whereabouts) {
      const signIn = { db, secret, sessions, cookie, throttle, refusals };
      bindIdentity(bind, { ...signIn, ...whereabouts, setup, outbox, forgotPassword });
      bindOpenid(bind, { ...signIn, ...whereabouts, catalogue });
      bindUsers(bind, { db, catalogue, outbox, refusals });
      bindInvitations(bind, { db, catalogue, outbox, throttle });
      bindApiKeys(bind, db, catalogue);
      bindOrganizations(bind, db);
    },
    async stop() {
      await forgotPassword.stop();
      await keepThrottle();
      await signingKeys.stop();
    },
  };
}
