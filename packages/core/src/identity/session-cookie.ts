import type { Tokens } from '@muster/contract/identity';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forbidden } from '../platform/errors.ts';
import type { Secret } from '../platform/secret.ts';
import { callerOf } from './caller.ts';
import { rememberDevice } from './known-devices.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { ACCESS_SECONDS, type AccessTokens } from './tokens.ts';

const REFRESH = 'muster_refresh';
const PATH = '/api/v1/auth';
const cookie = { path: PATH, httpOnly: true, secure: true, sameSite: 'strict' } as const;
/** Which people signed in with this browser before: `known-devices.ts`. */
const KNOWN = 'muster_known';
/** As long as browsers keep a cookie at most. */
const KNOWN_SECONDS = 400 * 86_400;

/** What a browser holds of its session: an access token in memory, and the refresh token in a cookie that no script sees. */
export interface SessionCookie {
  /** Of a session that was opened just now; the one that the browser had before ends. */
  begin(signedIn: SignedIn, request: FastifyRequest, reply: FastifyReply): Promise<Tokens>;
  /** Of a session that was opened on the way to a page, which asks for its access token by itself. */
  leave(signedIn: SignedIn, reply: FastifyReply): void;
  /** Of a session that goes on. */
  renew(signedIn: SignedIn, reply: FastifyReply): Promise<Tokens>;
  clear(reply: FastifyReply): void;
  /** The refresh token of a request. */
  of(request: FastifyRequest): string | undefined;
  /** What the browser remembers of who signed in with it. */
  knownDevices(request: FastifyRequest): string | undefined;
}

export function createSessionCookie(secret: Secret, sessions: Sessions, tokens: AccessTokens): SessionCookie {
  const leave = ({ refreshToken, refreshSeconds }: SignedIn, reply: FastifyReply) =>
    void reply.setCookie(REFRESH, refreshToken, { ...cookie, maxAge: refreshSeconds });

  async function renew(signedIn: SignedIn, reply: FastifyReply): Promise<Tokens> {
    leave(signedIn, reply);
    return { accessToken: await tokens.issue(signedIn.claims), expiresIn: ACCESS_SECONDS, user: signedIn.user };
  }

  return {
    async begin(signedIn, request, reply) {
      // who signs in again, to prove that it is still him, gets a fresh session in place of the old one (SEC-S1)
      const before = request.cookies[REFRESH];
      if (before) await sessions.signOut(before, callerOf(request), 'auth.session_replaced').catch(() => undefined);
      const known = rememberDevice(secret, request.cookies[KNOWN], signedIn.user.id);
      reply.setCookie(KNOWN, known, { ...cookie, maxAge: KNOWN_SECONDS });
      return renew(signedIn, reply);
    },
    leave,
    renew,
    clear: (reply) => void reply.clearCookie(REFRESH, { path: PATH }),
    of: (request) => request.cookies[REFRESH],
    knownDevices: (request) => request.cookies[KNOWN],
  };
}

/** Routes that live on a cookie answer this site's own pages, and programs that are no browser (SEC-S2). */
export function refuseForeignSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  // a browser that says nothing of the site says where the page is from
  const isOwn = origin === undefined || URL.parse(origin)?.host === request.host;
  if (site === 'same-origin' || site === 'none' || (site === undefined && isOwn)) return;
  throw forbidden('This request came from another site.');
}
