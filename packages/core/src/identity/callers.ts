import type { Language } from '@muster/contract/schema';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../platform/context.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { ApiKeys } from './api-keys/open.ts';
import type { Sessions } from './sessions.ts';
import type { AccessTokens } from './tokens.ts';
import type { Caller } from './user-row.ts';

/** Somebody whose credential is right. */
export interface Identified {
  context: Context;
  /** The same a while later: what was taken away since is gone. @throws MusterError `unauthenticated` */
  lookAgain(): Promise<Context>;
}

/** Finds out who calls: a person by an access token, a script by an API key. @throws MusterError `unauthenticated` */
export type Identify = (request: FastifyRequest) => Promise<Identified>;

export const callerOf = (request: FastifyRequest): Caller => ({
  address: request.ip,
  userAgent: request.headers['user-agent'] ?? '',
  requestId: request.id,
  language: readLanguage(request.headers['accept-language']),
  idleSeconds: readIdle(request.headers['x-idle-seconds']),
});

/** What comes first in `Accept-Language`: pages say there what they are shown in. */
const readLanguage = (header: string | undefined): Language | undefined =>
  (['en', 'pl'] as const).find((language) => header?.slice(0, 2).toLowerCase() === language);

/** What a page says of its person; anything else is a use of now. */
const readIdle = (header: string | string[] | undefined): number =>
  typeof header === 'string' && /^\d{1,7}$/.test(header) ? Number(header) : 0;

export function createIdentify(tokens: AccessTokens, sessions: Sessions, apiKeys: ApiKeys): Identify {
  return async (request) => {
    const bearer = bearerOf(request);
    if (!bearer) throw unauthenticated();
    const caller = callerOf(request);
    const isKey = bearer.startsWith('mk_');
    const claims = isKey ? undefined : await tokens.verify(bearer);
    const look = (isUse: boolean) =>
      claims ? sessions.contextOf(claims, caller, isUse) : apiKeys.contextOf(bearer, caller);
    return { context: await look(true), lookAgain: () => look(false) };
  };
}

/** The credential of a request's `Authorization: Bearer …`. */
export const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,4096})$/.exec(request.headers.authorization ?? '')?.[1];
