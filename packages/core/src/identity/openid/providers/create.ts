import type { IdentityProvider } from '@muster/contract/openid';
import type { AccessCatalogue } from '../../../access/index.ts';
import type { Context } from '../../../platform/context.ts';
import type { Db } from '../../../platform/db/store.ts';
import { mutation } from '../../../platform/mutation.ts';
import type { Secret } from '../../../platform/secret.ts';
import { newId } from '../../../platform/uuid.ts';
import { sealOf } from '../discover.ts';
import { checkReach, explain, type ProviderWish, readIssuer } from './check.ts';
import { readProvider, viewProvider } from './view.ts';

export interface ProviderDeps {
  db: Db;
  secret: Secret;
  catalogue: AccessCatalogue;
  /** What has to be entered at a provider: on the public address. */
  redirectUri(): string;
}

/** What providers are asked for unless somebody says otherwise. */
const USUAL_SCOPES = ['openid', 'profile', 'email'];

/** The secret is wrapped and never shown again. @throws MusterError `invalid`, `conflict`, `forbidden` */
export const createProvider = (
  { db, secret, catalogue, redirectUri }: ProviderDeps,
  ctx: Context,
  input: ProviderWish & { name: string; issuer: string; clientId: string },
): Promise<IdentityProvider> =>
  mutation(db, ctx, 'identity-provider:write', async (inside) => {
    const id = newId();
    const { linkByEmail = false, createPeople = false, role = null, clientSecret = null } = input;
    const reach = await checkReach(inside, { linkByEmail, createPeople, role }, catalogue);
    await inside.db
      .insertInto('identity_providers')
      .values({
        id,
        organization_id: ctx.organizationId,
        name: input.name.trim(),
        issuer: await readIssuer(inside, input.issuer),
        client_id: input.clientId.trim(),
        client_secret: clientSecret === null ? null : secret.wrap(sealOf(id), Buffer.from(clientSecret)),
        scopes: input.scopes ?? USUAL_SCOPES,
        enabled: input.enabled ?? true,
        link_by_email: linkByEmail,
        ...reach,
        create_people: createPeople,
        role,
        mail_domains: input.mailDomains ?? [],
        trusts_second_factor: input.trustsSecondFactor ?? false,
      })
      .execute()
      .catch(explain);
    const provider = viewProvider(await readProvider(inside, id), redirectUri());
    const object = `identity-provider:${id}`;
    return [provider, { action: 'identity_provider.created', object, details: { after: provider } }];
  });
