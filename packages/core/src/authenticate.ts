import type { EnrollmentTokens } from './enrollment/index.ts';
import { bearerOf, callerOf, type Identify } from './identity/index.ts';
import { requirePermission } from './platform/context.ts';
import { forbidden, unauthenticated } from './platform/errors.ts';
import type { Authenticate } from './platform/http/bind.ts';

interface Doors {
  identify: Identify;
  enrollmentTokens: EnrollmentTokens;
  /** Is it the token that a Prometheus server presents? */
  opensMetrics(token: string): boolean;
}

/** Who calls a route, by the credential that its declared access wants, and whether he may. */
export function createAuthenticate({ identify, enrollmentTokens, opensMetrics }: Doors): Authenticate {
  return async (request, access, known) => {
    if (access === 'public' || access === 'device' || access === 'ticket') return undefined;
    const bearer = bearerOf(request);
    if (access === 'metrics' && bearer && opensMetrics(bearer)) return undefined;
    if (access === 'enrollment') {
      if (!bearer?.startsWith('me_')) throw unauthenticated('Send an enrollment token: Authorization: Bearer me_…');
      const ctx = await enrollmentTokens.contextOf(bearer, callerOf(request));
      known?.(ctx);
      return ctx;
    }
    const { context: ctx } = await identify(request);
    known?.(ctx);
    if (access === 'user' && ctx.actor.kind !== 'user') throw forbidden('Only a person may do this.');
    if (access === 'metrics') requirePermission(ctx, 'system:read');
    if (typeof access === 'object') requirePermission(ctx, access.permission);
    return ctx;
  };
}
