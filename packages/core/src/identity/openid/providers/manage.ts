import type { IdentityProvider, ProviderTest } from '@muster/contract/openid';
import type { ServerMetadata } from 'openid-client';
import type { Context } from '../../../platform/context.ts';
import { mutation, reading } from '../../../platform/mutation.ts';
import { type Discovery, describeFault } from '../discover.ts';
import { createOutbound, OutboundFault } from '../outbound.ts';
import type { ProviderDeps } from './create.ts';
import { readProvider, viewProvider } from './view.ts';

/** By name. */
export const listProviders = (
  { db, redirectUri }: ProviderDeps,
  ctx: Context,
): Promise<{ items: IdentityProvider[]; redirectUri: string }> =>
  reading(db, ctx, 'identity-provider:read', async (inside) => {
    const rows = await inside.db.selectFrom('identity_providers').selectAll().orderBy('name').orderBy('id').execute();
    return { items: rows.map((row) => viewProvider(row, redirectUri())), redirectUri: redirectUri() };
  });

/** Accounts that are linked to it are forgotten; sessions that are open go on. @throws MusterError `not_found` */
export const deleteProvider = ({ db, redirectUri }: ProviderDeps, ctx: Context, id: string): Promise<void> =>
  mutation(db, ctx, 'identity-provider:write', async (inside) => {
    const before = viewProvider(await readProvider(inside, id), redirectUri());
    await inside.db.deleteFrom('identity_providers').where('id', '=', id).execute();
    return [undefined, { action: 'identity_provider.deleted', object: `identity-provider:${id}`, details: { before } }];
  });

/** Asks the provider who it is and for its keys. What is wrong with it is an answer, no error. @throws MusterError `not_found` */
export async function testProvider(
  { db }: ProviderDeps,
  ctx: Context,
  id: string,
  discovery: Discovery,
): Promise<ProviderTest> {
  const { issuer } = await reading(db, ctx, 'identity-provider:write', (inside) => readProvider(inside, id));
  try {
    const metadata = await discovery.ask(issuer);
    return {
      fault: null,
      detail: null,
      found: {
        authorizationEndpoint: metadata.authorization_endpoint ?? '',
        tokenEndpoint: metadata.token_endpoint ?? '',
        keys: await countKeys(issuer, metadata),
        pkce: metadata.code_challenge_methods_supported?.includes('S256') ?? false,
        namesItself: metadata.authorization_response_iss_parameter_supported === true,
      },
    };
  } catch (error) {
    const { fault, message } = describeFault(error);
    return { fault, detail: message, found: null };
  }
}

/** @throws OutboundFault when it has none */
async function countKeys(issuer: string, { jwks_uri }: ServerMetadata): Promise<number> {
  const headers = { accept: 'application/json' };
  const options = { method: 'GET', headers, body: undefined, redirect: 'manual' } as const;
  const answer = await createOutbound(issuer)(jwks_uri ?? '', options);
  const body = (await answer.json().catch(() => undefined)) as { keys?: unknown } | undefined;
  if (!answer.ok || !Array.isArray(body?.keys) || body.keys.length === 0) {
    throw new OutboundFault('keys', 'Where its keys should be there are none.');
  }
  return body.keys.length;
}
