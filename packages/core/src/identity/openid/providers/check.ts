import type { AccessCatalogue } from '../../../access/index.ts';
import { requirePermission, type TransactionContext } from '../../../platform/context.ts';
import { isUniqueViolation } from '../../../platform/db/store.ts';
import { conflict, forbidden, invalid } from '../../../platform/errors.ts';
import { requireRole } from '../../users/assign-roles.ts';
import { addUpHere, refuseMoreThanOwn } from '../../users/rights.ts';
import { isLoopbackIssuer } from '../outbound.ts';

/** What somebody wants of a provider; what is not named stays as it is. */
export interface ProviderWish {
  name?: string;
  issuer?: string;
  clientId?: string;
  clientSecret?: string | null;
  scopes?: string[];
  enabled?: boolean;
  linkByEmail?: boolean;
  createPeople?: boolean;
  role?: string | null;
  mailDomains?: string[];
  trustsSecondFactor?: boolean;
}

/** In the form in which it is compared. @throws MusterError `invalid` */
export function readIssuer(text: string): string {
  const refuse = (message: string) => invalid('The issuer is not right.', [{ path: '/issuer', message }]);
  const url = URL.parse(text.trim());
  if (!url) throw refuse('is no address');
  if (url.username || url.password || url.search || url.hash) throw refuse('must be an address and nothing more');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackIssuer(url.href))) {
    throw refuse('must begin with https://');
  }
  return url.href;
}

/**
 * Who configures a provider decides who comes in by it: nobody opens a door to more than he may himself, and no door makes an
 * owner.
 * @returns roles of his that hold everywhere: how far the provider reaches when it links by mail address
 * @throws MusterError `forbidden`, `invalid`
 */
export async function checkReach(
  ctx: TransactionContext,
  { linkByEmail, createPeople, role }: { linkByEmail: boolean; createPeople: boolean; role: string | null },
  catalogue: AccessCatalogue,
): Promise<string[]> {
  if (role !== null) {
    await requireRole(ctx, role, '/role', catalogue);
    const wanted = [{ role, places: null, device: null }];
    const { grants } = await addUpHere(ctx, wanted, catalogue);
    if (grants.has('organization:own')) {
      throw invalid('Nobody becomes an owner by signing in.', [{ path: '/role', message: 'must not be an owner’s' }]);
    }
    await refuseMoreThanOwn(ctx, wanted, catalogue);
  }
  if (createPeople && role === null) {
    throw invalid('New people need a role.', [{ path: '/role', message: 'is needed' }]);
  }
  if (createPeople || linkByEmail) requirePermission(ctx, 'user:write');
  if (!linkByEmail) return [];
  // a key has no roles that could be looked at when somebody comes
  if (ctx.actor.kind !== 'user') throw forbidden('Only a person may let a provider link accounts by mail address.');
  const rows = await ctx.db
    .selectFrom('role_assignments')
    .select('role')
    .where('user_id', '=', ctx.actor.id)
    .where('place_id', 'is', null)
    .where('device', 'is', null)
    .orderBy('role')
    .execute();
  return rows.map((row) => row.role);
}

/** Says in words what the table refused. */
export function explain(error: unknown): never {
  if (isUniqueViolation(error)) throw conflict('There is a provider of this issuer already.');
  throw error;
}
