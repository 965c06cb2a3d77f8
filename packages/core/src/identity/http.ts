import { routes } from '@muster/contract/routes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Outbox } from '../mail/index.ts';
import { getOrganization, updateOrganization } from '../organizations/index.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { forbidden, unauthenticated } from '../platform/errors.ts';
import type { Binder } from '../platform/http/bind.ts';
import type { Refusals } from '../platform/refusals.ts';
import type { Secret } from '../platform/secret.ts';
import { callerOf } from './callers.ts';
import { changePassword } from './change-password.ts';
import { rememberDevice } from './known-devices.ts';
import type { ForgotPassword } from './mail-links/forgot-password.ts';
import { resetByLink } from './mail-links/reset-password.ts';
import { sendVerification, verifyEmail } from './mail-links/verify-email.ts';
import { endSessions, listSessions } from './own-sessions.ts';
import { confirm, disable, readState, renewBackupCodes, setUp } from './second-factor/manage.ts';
import type { PersonContext, Sessions, SignedIn } from './sessions.ts';
import type { Setup } from './setup.ts';
import type { Throttle } from './throttle.ts';
import { ACCESS_SECONDS, type AccessTokens } from './tokens.ts';

export interface IdentityDeps {
  db: Db;
  secret: Secret;
  sessions: Sessions;
  tokens: AccessTokens;
  throttle: Throttle;
  setup: Setup;
  refusals: Refusals;
  outbox: Outbox;
  forgotPassword: ForgotPassword;
  /** An organization came to be. */
  onOrganization(): Promise<void>;
}

const COOKIE = 'muster_refresh';
const COOKIE_PATH = '/api/v1/auth';
const cookie = { path: COOKIE_PATH, httpOnly: true, secure: true, sameSite: 'strict' } as const;
/** Which people signed in with this browser before: `known-devices.ts`. */
const KNOWN = 'muster_known';
/** As long as browsers keep a cookie at most. */
const KNOWN_SECONDS = 400 * 86_400;

export function bindIdentity(
  bind: Binder,
  { db, secret, sessions, tokens, throttle, setup, refusals, outbox, forgotPassword, onOrganization }: IdentityDeps,
): void {
  const { identity } = routes;

  bind(identity.setupState, async () => ({ required: await setup.required(), mail: outbox.enabled }));
  bind(identity.setup, async ({ body, request }) => {
    const made = await setup.complete(body, request.id);
    await onOrganization();
    return made;
  });

  bind(identity.login, async ({ body, request, reply }) => {
    refuseForeignSite(request);
    const { username } = body;
    const knownDevices = request.cookies[KNOWN];
    const signedIn = await sessions.signIn(body, { ...callerOf(request), knownDevices }).catch((error) => {
      const { ip: address, id: reqId } = request;
      request.log.info({ reqId, address, username, why: (error as Error).message }, 'a sign-in was refused');
      throw error;
    });
    reply.setCookie(KNOWN, rememberDevice(secret, knownDevices, signedIn.user.id), {
      ...cookie,
      maxAge: KNOWN_SECONDS,
    });
    return answerTokens(signedIn, reply);
  });
  bind(identity.refresh, async ({ request, reply }) => {
    refuseForeignSite(request);
    const token = request.cookies[COOKIE];
    if (!token) throw unauthenticated();
    try {
      return await answerTokens(await sessions.refresh(token, callerOf(request)), reply);
    } catch (error) {
      reply.clearCookie(COOKIE, { path: COOKIE_PATH });
      throw error;
    }
  });
  bind(identity.logout, async ({ request, reply }) => {
    refuseForeignSite(request);
    const token = request.cookies[COOKIE];
    if (token) await sessions.signOut(token, callerOf(request)).catch(() => undefined);
    reply.clearCookie(COOKIE, { path: COOKIE_PATH });
    return undefined;
  });
  bind(identity.me, async ({ ctx }) => person(ctx).user);
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
    reply.clearCookie(COOKIE, { path: COOKIE_PATH });
    return undefined;
  });

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

  async function answerTokens(signedIn: SignedIn, reply: FastifyReply) {
    reply.setCookie(COOKIE, signedIn.refreshToken, { ...cookie, maxAge: signedIn.refreshSeconds });
    return { accessToken: await tokens.issue(signedIn.claims), expiresIn: ACCESS_SECONDS, user: signedIn.user };
  }
}

/** A route of access `user` is a person's: `authenticate` made its context of a session. */
const person = (ctx: Context) => ctx as PersonContext;

/** Routes that live on a cookie answer this site's own pages, and programs that are no browser (SEC-S2). */
function refuseForeignSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw forbidden('This request came from another site.');
}
