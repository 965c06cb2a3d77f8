import type { FastifyReply, FastifyRequest } from 'fastify';
import { forbidden } from '../platform/errors.ts';
import type { SignedIn } from './sessions.ts';
import { ACCESS_SECONDS, type AccessTokens } from './tokens.ts';

export const REFRESH = 'muster_refresh';
export const AUTH_PATH = '/api/v1/auth';
export const strictCookie = { path: AUTH_PATH, httpOnly: true, secure: true, sameSite: 'strict' } as const;

/** Leaves the session with the browser; what it may call with it it asks for with the cookie. */
export const setRefreshCookie = (reply: FastifyReply, { refreshToken, refreshSeconds }: SignedIn): void => {
  reply.setCookie(REFRESH, refreshToken, { ...strictCookie, maxAge: refreshSeconds });
};

/** The session in a cookie, and a first access token in the answer. */
export async function answerTokens(tokens: AccessTokens, signedIn: SignedIn, reply: FastifyReply) {
  setRefreshCookie(reply, signedIn);
  return { accessToken: await tokens.issue(signedIn.claims), expiresIn: ACCESS_SECONDS, user: signedIn.user };
}

/** Routes that live on a cookie answer this site's own pages, and programs that are no browser (SEC-S2). @throws MusterError `forbidden` */
export function refuseForeignSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw forbidden('This request came from another site.');
}
