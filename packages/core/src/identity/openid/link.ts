import type { OpenidLink } from '@muster/contract/openid';
import { audit } from '../../platform/audit.ts';
import { type Db, inAuthentication, inOrganization, isUniqueViolation } from '../../platform/db/store.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { contextFor, readAccount } from '../account.ts';
import type { Caller } from '../caller.ts';
import { NO_PASSWORD } from '../passwords.ts';
import type { PersonContext } from '../sessions.ts';
import type { Attempt } from './attempt.ts';
import type { Claims } from './claims.ts';
import type { Provider } from './find-provider.ts';
import { insertLink, type Why } from './insert-link.ts';

/**
 * Links an account to whoever asked for it while signed in; his session must still be open.
 * @returns why not; undefined: it is linked
 */
export async function linkAccount(
  db: Db,
  provider: Provider,
  { userId, sessionId }: NonNullable<Attempt['link']>,
  claims: Claims,
  caller: Caller,
): Promise<Why | undefined> {
  const account = await inAuthentication(db, async (trx) => {
    const session = await trx
      .selectFrom('sessions')
      .select('user_id')
      .where('id', '=', sessionId)
      .where('user_id', '=', userId)
      .where('organization_id', '=', provider.organizationId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', new Date())
      .executeTakeFirst();
    return session && readAccount(trx, userId);
  });
  if (account?.status !== 'active') return 'disabled';
  try {
    await inOrganization(db, contextFor(account, caller), async (inside) => {
      await insertLink(inside, provider.id, userId, claims, 'person');
      const details = { provider: provider.name, subject: claims.subject, by: 'person' };
      await audit(inside, { action: 'auth.openid_linked', object: `user:${userId}`, details });
    });
    return undefined;
  } catch (error) {
    if (isUniqueViolation(error)) return 'linked_otherwise';
    throw error;
  }
}

/** The caller's accounts at providers, and the providers where he has none yet, by name. */
export const listLinks = (db: Db, ctx: PersonContext) =>
  inOrganization(db, ctx, async ({ db: trx }) => {
    const rows = await trx
      .selectFrom('identity_providers as p')
      .leftJoin('openid_links as l', (join) =>
        join.onRef('l.provider_id', '=', 'p.id').on('l.user_id', '=', ctx.user.id),
      )
      .select(['p.id', 'p.name', 'p.enabled', 'l.id as link', 'l.created_at', 'l.last_used_at'])
      .orderBy('p.name')
      .orderBy('p.id')
      .execute();
    const items: OpenidLink[] = rows.flatMap(({ id, name, link, created_at, last_used_at }) =>
      link === null || created_at === null
        ? []
        : [
            {
              id: link,
              provider: { id, name },
              createdAt: created_at.toISOString(),
              lastUsedAt: last_used_at?.toISOString() ?? null,
            },
          ],
    );
    const others = rows.filter(({ link, enabled }) => link === null && enabled).map(({ id, name }) => ({ id, name }));
    return { items, others, hasPassword: await hasPassword(trx, ctx.user.id) };
  });

/** @throws MusterError `not_found`, `conflict` for the only way in */
export const unlinkAccount = (db: Db, ctx: PersonContext, id: string): Promise<void> =>
  inOrganization(db, ctx, async (inside) => {
    const { db: trx } = inside;
    const links = await trx
      .selectFrom('openid_links as l')
      .innerJoin('identity_providers as p', 'p.id', 'l.provider_id')
      .select(['l.id', 'p.name', 'p.enabled'])
      .where('l.user_id', '=', ctx.user.id)
      .forUpdate()
      .execute();
    const link = links.find((one) => one.id === id);
    if (!link) throw notFound('linked account');
    const others = links.filter((one) => one.id !== id && one.enabled);
    if (others.length === 0 && !(await hasPassword(trx, ctx.user.id))) {
      throw conflict('This is your only way in. Set a password or link another account first.');
    }
    await trx.deleteFrom('openid_links').where('id', '=', id).execute();
    const details = { provider: link.name };
    await audit(inside, { action: 'auth.openid_unlinked', object: `user:${ctx.user.id}`, details });
  });

async function hasPassword(trx: Parameters<typeof readAccount>[0], id: string): Promise<boolean> {
  const { password_hash: hash } = await trx
    .selectFrom('users')
    .select('password_hash')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return hash !== NO_PASSWORD;
}
