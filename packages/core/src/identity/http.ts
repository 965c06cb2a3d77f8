import { routes } from '@muster/contract/routes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { getOrganization, updateOrganization } from '../organizations/index.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { forbidden, unauthenticated } from '../platform/errors.ts';
import type { Binder } from '../platform/http/bind.ts';
import { changePassword } from './change-password.ts';
import { endSessions, listSessions } from './own-sessions.ts';
import type { Caller, PersonContext, Sessions, SignedIn } from './sessions.ts';
import type { Setup } from './setup.ts';
import type { Throttle } from './throttle.ts';
import { ACCESS_SECONDS, type AccessTokens } from './tokens.ts';

export interface IdentityDeps {
  db: Db;
  sessions: Sessions;
  tokens: AccessTokens;
  throttle: Throttle;
  setup: Setup;
  /** An organization came to be. */
  onOrganization(): Promise<void>;
}

const COOKIE = 'muster_refresh';
const COOKIE_PATH = '/api/v1/auth';

export const callerOf = (request: FastifyRequest): Caller => ({
  address: request.ip,
  userAgent: request.headers['user-agent'] ?? '',
  requestId: request.id,
});

export function bindIdentity(
  bind: Binder,
  { db, sessions, tokens, throttle, setup, onOrganization }: IdentityDeps,
): void {
  const { identity } = routes;

  bind(identity.setupState, async () => ({ required: await setup.required() }));
  bind(identity.setup, async ({ body, request }) => {
    const made = await setup.complete(body, request.id);
    await onOrganization();
    return made;
  });

  bind(identity.login, async ({ body, request, reply }) => {
    refuseForeignSite(request);
    const { username, password, organization } = body;
    const input = organization === undefined ? { username, password } : { username, password, organization };
    const signedIn = await sessions.signIn(input, callerOf(request)).catch((error) => {
      const { ip: address, id: reqId } = request;
      request.log.info({ reqId, address, username, why: (error as Error).message }, 'a sign-in was refused');
      throw error;
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
  bind(identity.changePassword, async ({ ctx, body }) => {
    await changePassword(db, person(ctx), body, throttle);
    // a first password allowed nothing: what follows this answer must not be measured by that
    sessions.forget();
  });
  bind(identity.sessions, async ({ ctx }) => ({ items: await listSessions(db, person(ctx)) }));
  bind(identity.endSession, ({ ctx, params }) => endSessions(db, person(ctx), params.id));
  bind(identity.logoutEverywhere, async ({ ctx, reply }) => {
    await endSessions(db, person(ctx), 'all');
    reply.clearCookie(COOKIE, { path: COOKIE_PATH });
    return undefined;
  });

  bind(identity.organization, ({ ctx, params }) => getOrganization(db, ctx, params.id));
  bind(identity.updateOrganization, ({ ctx, params, body, version }) =>
    updateOrganization(db, ctx, params.id, version, body),
  );

  async function answerTokens(signedIn: SignedIn, reply: FastifyReply) {
    reply.setCookie(COOKIE, signedIn.refreshToken, {
      path: COOKIE_PATH,
      httpOnly: true,
      secure: true,
      sameSite: 'strict',
      maxAge: signedIn.refreshSeconds,
    });
    return { accessToken: await tokens.issue(signedIn.claims), expiresIn: ACCESS_SECONDS, user: signedIn.user };
  }
}

/** A route of access `user` is a person's: `authenticate` made its context of a session. */
const person = (ctx: Context) => ctx as PersonContext;

/** The credential of a request's `Authorization: Bearer …`. */
export const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,4096})$/.exec(request.headers.authorization ?? '')?.[1];

/** Routes that live on a cookie answer this site's own pages, and programs that are no browser (SEC-S2). */
function refuseForeignSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw forbidden('This request came from another site.');
}
