import type { OrganizationEntry } from '@muster/contract/organizations';
import { audit } from '../../platform/audit.ts';
import { tell } from '../../platform/bus.ts';
import { type Context, requirePermission } from '../../platform/context.ts';
import { type Db, inOther } from '../../platform/db/store.ts';
import { notFound } from '../../platform/errors.ts';
import { mutation } from '../../platform/mutation.ts';
import { newId } from '../../platform/uuid.ts';
import { checkNewPassword, hashPassword } from '../passwords.ts';
import { foundOrganization } from './found.ts';
import { readEntries } from './view.ts';

export interface OrganizationWish {
  name: string;
  slug: string;
  owner: { username: string; email: string; password: string };
}

/** Whoever makes it knows its owner's first password: the owner must choose another. @throws MusterError `conflict` when the slug is taken, `invalid` */
export async function createOrganization(db: Db, ctx: Context, input: OrganizationWish): Promise<OrganizationEntry> {
  requirePermission(ctx, 'installation:own');
  const { slug, owner } = input;
  const name = input.name.trim();
  const words = [owner.username, owner.email, slug, 'muster'];
  await checkNewPassword(owner.password, { words }, '/owner/password');
  const passwordHash = await hashPassword(owner.password, ctx.actor.id);
  const id = newId();
  const audited = {
    action: 'organization.created',
    object: `organization:${id}`,
    details: { after: { name, slug, owner: owner.username } },
  };
  await mutation(db, ctx, 'installation:own', async (inside) => {
    await inOther(inside, { id, number: 0, slug }, async (other) => {
      await foundOrganization(other, {
        organization: { name, slug },
        owner: { id: newId(), username: owner.username, email: owner.email, passwordHash },
        operates: false,
        mustChangePassword: true,
      });
      await tell(other, { kind: 'organization.changed', organizationId: id });
      await audit(other, audited);
    });
    return [undefined, audited];
  });
  const [entry] = await readEntries(db, id);
  if (!entry) throw notFound('organization');
  return entry;
}
