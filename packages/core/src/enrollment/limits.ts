import type { Permission } from '@muster/contract/permissions';
import { covers } from '../access/index.ts';
import type { Context, Grants, Scope } from '../platform/context.ts';
import { forbidden, invalid } from '../platform/errors.ts';
import { readExpiry } from '../platform/expiry.ts';

const DAY_MS = 86_400_000;
export const DEFAULT_LIFETIME_MS = 7 * DAY_MS;
/** A token that lies about in an image of a disk must not open for ever. */
const LONGEST_LIFETIME_DAYS = 366;

/** What whoever holds a token may do where it holds. */
const given: readonly Permission[] = ['device:write', 'device:credential'];

export const grantsOfToken = (scope: Scope): Grants => new Map(given.map((permission) => [permission, scope]));

/** Nobody gives away what he may not do himself. @throws MusterError `forbidden` */
export function refuseMoreThanOwn(ctx: Context, scope: Scope): void {
  if (covers(ctx.grants, grantsOfToken(scope))) return;
  throw forbidden('You can not give an enrollment token where you may not add devices and make their tokens yourself.');
}

/** @throws MusterError `invalid` for a time that is over or too far ahead */
export function readEnd(text: string): Date {
  const at = readExpiry(text);
  if (at.getTime() <= Date.now() + LONGEST_LIFETIME_DAYS * DAY_MS) return at;
  const message = `must lie at most ${LONGEST_LIFETIME_DAYS} days ahead`;
  throw invalid('An enrollment token ends by itself.', [{ path: '/expiresAt', message }]);
}
