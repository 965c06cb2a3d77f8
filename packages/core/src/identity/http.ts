import { routes } from '@muster/contract/routes';
import { getOrganization, updateOrganization } from '../organizations/index.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { Binder } from '../platform/http/bind.ts';
import type { Refusals } from '../platform/refusals.ts';
import type { Secret } from '../platform/secret.ts';
import { callerOf } from './caller.ts';
import { changePassword } from './change-password.ts';
import { AUTH_PATH, answerTokens, REFRESH, refuseForeignSite, strictCookie } from './cookies.ts';
import { rememberDevice } from './known-devices.ts';
import { endSessions, listSessions } from './own-sessions.ts';
import { confirm, disable, readState, renewBackupCodes, setUp } from './second-factor/manage.ts';
import type { PersonContext, Sessions } from './sessions.ts';
import type { Setup } from './setup.ts';
import { signIn } from './sign-in.ts';
import type { Throttle } from './throttle.ts';
import type { AccessTokens } from './tokens.ts';

export interface IdentityDeps {
  db: Db;
  secret: Secret;
  sessions: Sessions;
  tokens: AccessTokens;
  throttle: Throttle;
  refusals: Refusals;
  setup: Setup;
  /** An organization came to be. */
  onOrganization(): Promise<void>;
}

/** Which people signed in with this browser before: `known-devices.ts`. */
const KNOWN = 'muster_known';
/** As long as browsers keep a cookie at most. */
const KNOWN_SECONDS = 400 * 86_400;

export function bindIdentity(
  bind: Binder,
  { db, secret, sessions, tokens, throttle, refusals, setup, onOrganization }: IdentityDeps,
): void {
  const { identity } = routes;
  const signInDeps = { db, secret, sessions, throttle, refusals };

  bind(identity.setupState, async () => ({ required: await setup.required() }));
  bind(identity.setup, async ({ body, request }) => {
    const made = await setup.complete(body, request.id);
    await onOrganization();
    return made;
  });

  bind(identity.login, async ({ body, request, reply }) => {
    refuseForeignSite(request);
    const { username } = body;
    const knownDevices = request.cookies[KNOWN];
    const signedIn = await signIn(signInDeps, body, { ...callerOf(request), knownDevices }).catch((error) => {
      const { ip: address, id: reqId } = request;
      request.log.info({ reqId, address, username, why: (error as Error).message }, 'a sign-in was refused');
      throw error;
    });
    reply.setCookie(KNOWN, rememberDevice(secret, knownDevices, signedIn.user.id), {
      ...strictCookie,
      maxAge: KNOWN_SECONDS,
    });
    return answerTokens(tokens, signedIn, reply);
  });
  bind(identity.refresh, async ({ request, reply }) => {
    refuseForeignSite(request);
    const token = request.cookies[REFRESH];
    if (!token) throw unauthenticated();
    try {
      return await answerTokens(tokens, await sessions.refresh(token, callerOf(request)), reply);
    } catch (error) {
      reply.clearCookie(REFRESH, { path: AUTH_PATH });
      throw error;
    }
  });
  bind(identity.logout, async ({ request, reply }) => {
    refuseForeignSite(request);
    const token = request.cookies[REFRESH];
    if (token) await sessions.signOut(token, callerOf(request)).catch(() => undefined);
    reply.clearCookie(REFRESH, { path: AUTH_PATH });
    return undefined;
  });
  bind(identity.me, async ({ ctx }) => person(ctx).user);
  bind(identity.changePassword, ({ ctx, body }) => changePassword(db, person(ctx), body, throttle));
  bind(identity.sessions, async ({ ctx }) => ({ items: await listSessions(db, person(ctx)) }));
  bind(identity.endSession, ({ ctx, params }) => endSessions(db, person(ctx), params.id));
  bind(identity.logoutEverywhere, async ({ ctx, reply }) => {
    await endSessions(db, person(ctx), 'all');
    reply.clearCookie(REFRESH, { path: AUTH_PATH });
    return undefined;
  });

  const factors = { db, secret, throttle };
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

/** A route of access `user` is a person's: `authenticate` made its context of a session. */
const person = (ctx: Context) => ctx as PersonContext;
