import type { Language } from '@muster/contract/schema';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from, for throttling, audit and the binding of refresh tokens. */
export interface Caller {
  address: string;
  userAgent: string;
  requestId: string;
  /** Of the pages he sees; undefined: none that is spoken here. */
  language: Language | undefined;
  /** What the browser remembers of who signed in with it. */
  knownDevices?: string | undefined;
  /** Seconds since the person touched the page that asks; 0 where nobody says. A page asks by itself, too: that is no use of it. */
  idleSeconds: number;
}

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
