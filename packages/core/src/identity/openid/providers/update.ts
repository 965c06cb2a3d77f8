import type { IdentityProvider } from '@muster/contract/openid';
import type { Context } from '../../../platform/context.ts';
import { stale } from '../../../platform/errors.ts';
import { mutation } from '../../../platform/mutation.ts';
import { sealOf } from '../discover.ts';
import { checkReach, explain, type ProviderWish, readIssuer } from './check.ts';
import type { ProviderDeps } from './create.ts';
import { readProvider, viewProvider } from './view.ts';

/** Whoever changes a provider answers for all of it: it reaches no further than he does. @throws MusterError `not_found`, `stale`, `invalid`, `conflict`, `forbidden` */
export const updateProvider = (
  { db, secret, catalogue, redirectUri }: ProviderDeps,
  ctx: Context,
  id: string,
  version: number,
  change: ProviderWish,
): Promise<IdentityProvider> =>
  mutation(db, ctx, 'identity-provider:write', async (inside) => {
    const before = await readProvider(inside, id);
    if (before.version !== version) throw stale('identity provider');
    const { clientSecret } = change;
    const next = {
      linkByEmail: change.linkByEmail ?? before.link_by_email,
      createPeople: change.createPeople ?? before.create_people,
      role: change.role === undefined ? before.role : change.role,
    };
    await inside.db
      .updateTable('identity_providers')
      .set({
        name: change.name?.trim() ?? before.name,
        issuer: change.issuer === undefined ? before.issuer : await readIssuer(inside, change.issuer),
        client_id: change.clientId?.trim() ?? before.client_id,
        ...(clientSecret === undefined
          ? {}
          : { client_secret: clientSecret === null ? null : secret.wrap(sealOf(id), Buffer.from(clientSecret)) }),
        scopes: change.scopes ?? before.scopes,
        enabled: change.enabled ?? before.enabled,
        link_by_email: next.linkByEmail,
        ...(await checkReach(inside, next, catalogue)),
        create_people: next.createPeople,
        role: next.role,
        mail_domains: change.mailDomains ?? before.mail_domains,
        trusts_second_factor: change.trustsSecondFactor ?? before.trusts_second_factor,
        version: version + 1,
      })
      .where('id', '=', id)
      .execute()
      .catch(explain);
    const after = viewProvider(await readProvider(inside, id), redirectUri());
    const details = { before: viewProvider(before, redirectUri()), after, secretChanged: clientSecret !== undefined };
    return [after, { action: 'identity_provider.updated', object: `identity-provider:${id}`, details }];
  });
