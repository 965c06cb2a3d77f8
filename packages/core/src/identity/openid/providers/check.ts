import type { AccessCatalogue } from '../../../access/index.ts';
import { requirePermission, type TransactionContext } from '../../../platform/context.ts';
import { isUniqueViolation } from '../../../platform/db/store.ts';
import { conflict, forbidden, invalid } from '../../../platform/errors.ts';
import { requireRole } from '../../users/assign-roles.ts';
import { addUpHere, readRolesEverywhere, refuseMoreThanOwn } from '../../users/rights.ts';
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

/**
 * In the form in which it is compared. What runs on the server's own machine is the business of whoever runs it.
 * @throws MusterError `invalid`
 */
export async function readIssuer({ db }: TransactionContext, text: string): Promise<string> {
  const refuse = (message: string) => invalid('The issuer is not right.', [{ path: '/issuer', message }]);
  const url = URL.parse(text.trim());
  if (!url) throw refuse('is no address');
  if (url.username || url.password || url.search || url.hash) throw refuse('must be an address and nothing more');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackIssuer(url.href))) {
    throw refuse('must begin with https://');
  }
  if (isLoopbackIssuer(url.href)) {
    const { operates } = await db.selectFrom('organizations').select('operates').executeTakeFirstOrThrow();
    if (!operates) throw refuse('must not be on the machine that Muster runs on');
  }
  return url.href;
}

/**
 * Who configures a provider decides who comes in by it: nobody opens a door to more than he may himself, and no door makes an
 * owner.
 * @returns roles of his that hold everywhere, and who he is: how far the provider reaches with people whom it linked or made; nothing
 *   of a key, which has none
 * @throws MusterError `forbidden`, `invalid`
 */
export async function checkReach(
  ctx: TransactionContext,
  { linkByEmail, createPeople, role }: { linkByEmail: boolean; createPeople: boolean; role: string | null },
  catalogue: AccessCatalogue,
): Promise<{ reach?: string[]; reach_of?: string }> {
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
  if (ctx.actor.kind !== 'user') {
    // there are no roles that could be looked at when somebody comes
    if (linkByEmail || createPeople) throw forbidden('Only a person may let a provider link accounts or make people.');
    return {};
  }
  return { reach: await readRolesEverywhere(ctx, ctx.actor.id), reach_of: ctx.actor.id };
}

/** Says in words what the table refused. */
export function explain(error: unknown): never {
  if (isUniqueViolation(error)) throw conflict('There is a provider of this issuer already.');
  throw error;
}
