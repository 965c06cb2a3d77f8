import { API_PREFIX, routes } from '@muster/contract/routes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MusterError, notFound, unauthenticated } from '../../platform/errors.ts';
import type { Binder } from '../../platform/http/bind.ts';
import { callerOf } from '../caller.ts';
import { requirePassword } from '../require-password.ts';
import { codeAccount } from '../second-factor/use-code.ts';
import { refuseForeignSite, type SessionCookie } from '../session-cookie.ts';
import { person } from '../sessions.ts';
import type { Throttle } from '../throttle.ts';
import {
  ATTEMPT_SECONDS,
  type Attempt,
  createUsedStates,
  OWING_SECONDS,
  type Owing,
  readReturn,
  seal,
  unseal,
} from './attempt.ts';
import { comeBack, type OpenidDeps, payOwing, type Refusal } from './come-back.ts';
import { createDiscovery, describeFault, providerAway } from './discover.ts';
import { findProvider, listEnabled } from './find-provider.ts';
import { listLinks, unlinkAccount } from './link.ts';
import { createProvider } from './providers/create.ts';
import { deleteProvider, listProviders, testProvider } from './providers/manage.ts';
import { updateProvider } from './providers/update.ts';
import { startAttempt } from './start.ts';

export interface OpenidOptions extends Omit<OpenidDeps, 'discovery'> {
  cookie: SessionCookie;
  throttle: Throttle;
  /** The only base of the address that providers send browsers back to. */
  publicUrl(): string;
}

const CALLBACK = `${API_PREFIX}${routes.openid.callback.path}`;
const ATTEMPT = 'muster_openid';
/** It comes back with a navigation from the provider's site: `strict` would keep it away. */
const attemptCookie = { path: CALLBACK, httpOnly: true, secure: true, sameSite: 'lax' } as const;
const OWING = 'muster_openid_owing';
const owingCookie = {
  path: `${API_PREFIX}${routes.openid.finish.path}`,
  httpOnly: true,
  secure: true,
  sameSite: 'strict',
} as const;

/** Refusals that cost the source of a request something. */
const counted: ReadonlySet<Refusal> = new Set(['refused', 'wrong', 'expired', 'taken']);

export function bindOpenid(bind: Binder, options: OpenidOptions): void {
  const { db, secret, cookie, throttle, catalogue, publicUrl } = options;
  const discovery = createDiscovery(secret);
  const deps = { ...options, discovery };
  const redirectUri = () => `${publicUrl()}${CALLBACK}`;
  const used = createUsedStates();
  const { openid, identityProviders } = routes;

  const remember = (reply: FastifyReply, attempt: Attempt) =>
    reply.setCookie(ATTEMPT, seal(secret, ATTEMPT, attempt, ATTEMPT_SECONDS), {
      ...attemptCookie,
      maxAge: ATTEMPT_SECONDS,
    });

  bind(openid.providers, async ({ query }) => ({ items: await listEnabled(db, query.organization) }));

  bind(openid.start, async ({ params, query, request, reply }) => {
    refuseForeignSite(request);
    const returnTo = readReturn(query.returnTo);
    if (isThrottled(throttle, request.ip)) return toSignIn(reply, { returnTo }, 'throttled');
    const provider = await findProvider(db, params.id);
    if (!provider) return toSignIn(reply, { returnTo }, 'refused');
    const page = { returnTo, ...(provider.operates ? {} : { organization: provider.organizationSlug }) };
    try {
      const { location, attempt } = await startAttempt(discovery, provider, redirectUri(), page);
      remember(reply, attempt);
      return reply.redirect(location, 302);
    } catch (error) {
      const { fault, message } = describeFault(error);
      request.log.warn({ reqId: request.id, provider: provider.name, fault, why: message }, 'a provider is of no use');
      return toSignIn(reply, page, 'away');
    }
  });

  bind(openid.callback, async ({ request, reply }) => {
    const caller = callerOf(request);
    const attempt = unseal<Attempt>(secret, ATTEMPT, request.cookies[ATTEMPT]);
    const page = attempt ?? { returnTo: '/' };
    const refuse = (refusal: Refusal) => {
      if (counted.has(refusal)) throttle.failedFrom(caller.address);
      return attempt?.link ? toProfile(reply, refusal) : toSignIn(reply, page, refusal);
    };
    if (isThrottled(throttle, caller.address)) return refuse('throttled');
    const url = callbackUrl(redirectUri(), request);
    // another browser, another tab, or one that took too long
    if (!attempt || url.searchParams.get('state') !== attempt.state) return refuse('expired');
    reply.clearCookie(ATTEMPT, attemptCookie);
    if (!used.use(attempt.state)) return refuse('expired');
    const outcome = await comeBack(deps, attempt, url, caller);
    if (outcome.is === 'refused') return refuse(outcome.refusal);
    if (outcome.is === 'linked') return toProfile(reply, 'linked');
    if (outcome.is === 'owing') {
      const sealed = seal(secret, OWING, outcome.owing, OWING_SECONDS);
      reply.setCookie(OWING, sealed, { ...owingCookie, maxAge: OWING_SECONDS });
      return toSignIn(reply, page, 'code');
    }
    cookie.leave(outcome.signedIn, reply);
    return toSignIn(reply, page, 'done');
  });

  bind(openid.finish, async ({ body, request, reply }) => {
    refuseForeignSite(request);
    const owing = unseal<Owing>(secret, OWING, request.cookies[OWING]);
    if (!owing) throw beginAgain();
    const account = codeAccount(owing.userId);
    const pay = () => payOwing(deps, owing, body.code, callerOf(request));
    const signedIn = await throttle.attempt(account, '', pay);
    if (signedIn === undefined) {
      throw unauthenticated('The code is wrong.', [{ path: '/code', message: 'is wrong, or was used before' }]);
    }
    reply.clearCookie(OWING, owingCookie);
    if (signedIn === 'gone') throw beginAgain();
    return cookie.begin(signedIn, request, reply);
  });

  bind(openid.links, ({ ctx }) => listLinks(db, person(ctx)));
  bind(openid.link, async ({ ctx, params, body, reply }) => {
    const { user, sessionId, organizationId } = person(ctx);
    const provider = await findProvider(db, params.id);
    if (provider?.organizationId !== organizationId) throw notFound('identity provider');
    await requirePassword(db, person(ctx), body.password ?? '', throttle, '/password');
    const wish = { returnTo: '/profile', link: { userId: user.id, sessionId } };
    const { location, attempt } = await startAttempt(discovery, provider, redirectUri(), wish).catch((error) => {
      throw providerAway(describeFault(error));
    });
    remember(reply, attempt);
    return { location };
  });
  bind(openid.unlink, async ({ ctx, params, body }) => {
    const { items } = await listLinks(db, person(ctx));
    if (!items.some(({ id }) => id === params.id)) throw notFound('linked account');
    await requirePassword(db, person(ctx), body.password ?? '', throttle, '/password');
    await unlinkAccount(db, person(ctx), params.id);
  });

  const providers = { db, secret, catalogue, redirectUri };
  bind(identityProviders.list, ({ ctx }) => listProviders(providers, ctx));
  bind(identityProviders.create, ({ ctx, body }) => createProvider(providers, ctx, body));
  bind(identityProviders.update, ({ ctx, params, body, version }) =>
    updateProvider(providers, ctx, params.id, version, body),
  );
  bind(identityProviders.delete, ({ ctx, params }) => deleteProvider(providers, ctx, params.id));
  bind(identityProviders.test, ({ ctx, params }) => testProvider(providers, ctx, params.id, discovery));
}

/** What the browser called, on the public address: whatever it says of the host counts for nothing. */
function callbackUrl(redirectUri: string, { url }: FastifyRequest): URL {
  const called = new URL(redirectUri);
  const query = url.indexOf('?');
  called.search = query === -1 ? '' : url.slice(query);
  return called;
}

/** The fragment stays in the browser: it says how it went and opens nothing. */
const toSignIn = (
  reply: FastifyReply,
  { returnTo, organization }: Pick<Attempt, 'returnTo' | 'organization'>,
  how: Refusal | 'done' | 'code',
) => {
  const search = new URLSearchParams({
    ...(returnTo === '/' ? {} : { to: returnTo }),
    ...(organization === undefined ? {} : { organization }),
  });
  return reply.redirect(`/sign-in${search.size > 0 ? `?${search}` : ''}#openid=${how}`, 302);
};

const toProfile = (reply: FastifyReply, how: Refusal | 'linked') => reply.redirect(`/profile#openid=${how}`, 302);

const beginAgain = () =>
  unauthenticated('This took too long. Sign in at your provider again.', [{ path: '/attempt', message: 'is over' }]);

function isThrottled(throttle: Throttle, address: string): boolean {
  try {
    throttle.checkSource(address);
    return false;
  } catch (error) {
    if (error instanceof MusterError && error.code === 'too_many') return true;
    throw error;
  }
}
