import { routes } from '@muster/contract/routes';
import type { Outbox } from '../mail/index.ts';
import { getOrganization, updateOrganization } from '../organizations/index.ts';
import type { Db } from '../platform/db/store.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { Binder } from '../platform/http/bind.ts';
import type { Refusals } from '../platform/refusals.ts';
import type { Secret } from '../platform/secret.ts';
import { callerOf } from './caller.ts';
import { changePassword } from './change-password.ts';
import { changeProfile } from './change-profile.ts';
import type { ForgotPassword } from './mail-links/forgot-password.ts';
import { resetByLink } from './mail-links/reset-password.ts';
import { sendVerification, verifyEmail } from './mail-links/verify-email.ts';
import { endSessions, listSessions } from './own-sessions.ts';
import { bindPasskeys } from './passkeys/http.ts';
import { confirm, disable, readState, renewBackupCodes, setUp } from './second-factor/manage.ts';
import { refuseForeignSite, type SessionCookie } from './session-cookie.ts';
import { person, type Sessions } from './sessions.ts';
import type { Setup } from './setup.ts';
import { signIn } from './sign-in.ts';
import type { Throttle } from './throttle.ts';

export interface IdentityDeps {
  db: Db;
  secret: Secret;
  sessions: Sessions;
  cookie: SessionCookie;
  throttle: Throttle;
  refusals: Refusals;
  setup: Setup;
  /** Addresses under which browsers reach this server. */
  origins(): readonly string[];
  outbox: Outbox;
  forgotPassword: ForgotPassword;
  /** An organization came to be. */
  onOrganization(): Promise<void>;
}

export function bindIdentity(bind: Binder, deps: IdentityDeps): void {
  const { db, secret, sessions, cookie, throttle, refusals, setup, origins, outbox, forgotPassword, onOrganization } =
    deps;
  const { identity } = routes;
  const signInDeps = { db, secret, sessions, throttle, refusals };

  bind(identity.setupState, async () => ({ required: await setup.required(), mail: outbox.enabled }));
  bind(identity.setup, async ({ body, request }) => {
    const made = await setup.complete(body, request.id);
    await onOrganization();
    return made;
  });

  bind(identity.login, async ({ body, request, reply }) => {
    refuseForeignSite(request);
    const { username } = body;
    const knownDevices = cookie.knownDevices(request);
    const signedIn = await signIn(signInDeps, body, { ...callerOf(request), knownDevices }).catch((error) => {
      const { ip: address, id: reqId } = request;
      request.log.info({ reqId, address, username, why: (error as Error).message }, 'a sign-in was refused');
      throw error;
    });
    return cookie.begin(signedIn, request, reply);
  });
  bind(identity.refresh, async ({ request, reply }) => {
    refuseForeignSite(request);
    const token = cookie.of(request);
    if (!token) throw unauthenticated();
    try {
      return await cookie.renew(await sessions.refresh(token, callerOf(request)), reply);
    } catch (error) {
      cookie.clear(reply);
      throw error;
    }
  });
  bind(identity.logout, async ({ request, reply }) => {
    refuseForeignSite(request);
    const token = cookie.of(request);
    if (token) await sessions.signOut(token, callerOf(request)).catch(() => undefined);
    cookie.clear(reply);
    return undefined;
  });
  bind(identity.me, async ({ ctx }) => person(ctx).user);
  bind(identity.changeProfile, ({ ctx, body }) => changeProfile(db, person(ctx), body, outbox));
  bind(identity.changePassword, ({ ctx, body }) => changePassword(db, person(ctx), body, throttle, outbox));
  bind(identity.forgotPassword, async ({ body, request }) => forgotPassword.ask(body, callerOf(request)));
  bind(identity.resetPassword, ({ body, request }) =>
    resetByLink({ db, secret, throttle, refusals, outbox }, body, callerOf(request)),
  );
  bind(identity.verifyEmail, ({ body, request }) => verifyEmail(db, body.token, throttle, callerOf(request)));
  bind(identity.sendVerification, ({ ctx }) => sendVerification(db, person(ctx), outbox));
  bind(identity.sessions, async ({ ctx }) => ({ items: await listSessions(db, person(ctx)) }));
  bind(identity.endSession, ({ ctx, params }) => endSessions(db, person(ctx), params.id));
  bind(identity.logoutEverywhere, async ({ ctx, reply }) => {
    await endSessions(db, person(ctx), 'all');
    cookie.clear(reply);
    return undefined;
  });

  bindPasskeys(bind, { ...signInDeps, cookie, origins });
  const factors = { db, secret, throttle, outbox };
  const { secondFactor } = routes;
  bind(secondFactor.state, ({ ctx }) => readState(factors, person(ctx)));
  bind(secondFactor.setup, ({ ctx, body }) => setUp(factors, person(ctx), body.password));
  bind(secondFactor.confirm, ({ ctx, body }) => confirm(factors, person(ctx), body.code));
  bind(secondFactor.disable, ({ ctx, body }) => disable(factors, person(ctx), body));
  bind(secondFactor.renewBackupCodes, ({ ctx, body }) => renewBackupCodes(factors, person(ctx), body));

  bind(identity.organization, ({ ctx, params }) => getOrganization(db, ctx, params.id));
  bind(identity.updateOrganization, ({ ctx, params, body, version }) =>
    updateOrganization(db, ctx, params.id, version, body),
  );
}
