import type { FastifyRequest } from 'fastify';

/** Where a request comes from, for throttling, audit and the binding of refresh tokens. */
export interface Caller {
  address: string;
  userAgent: string;
  requestId: string;
  /** What the browser remembers of who signed in with it. */
  knownDevices?: string | undefined;
  /** Seconds since the person touched the page that asks; 0 where nobody says. A page asks by itself, too: that is no use of it. */
  idleSeconds: number;
}

export const callerOf = (request: FastifyRequest): Caller => ({
  address: request.ip,
  userAgent: request.headers['user-agent'] ?? '',
  requestId: request.id,
  idleSeconds: readIdle(request.headers['x-idle-seconds']),
});

/** What a page says of its person; anything else is a use of now. */
const readIdle = (header: string | string[] | undefined): number =>
  typeof header === 'string' && /^\d{1,7}$/.test(header) ? Number(header) : 0;
