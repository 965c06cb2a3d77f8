import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Organization, User } from '@muster/contract/identity';
import { sql } from 'kysely';
import type { AccessCatalogue } from '../access/index.ts';
import { viewOrganization } from '../organizations/index.ts';
import { audit } from '../platform/audit.ts';
import { type Db, inAuthentication, inOrganization } from '../platform/db/store.ts';
import { conflict, forbidden } from '../platform/errors.ts';
import { hashToken } from '../platform/token.ts';
import { newId } from '../platform/uuid.ts';
import { foundOrganization } from './organizations/found.ts';
import { checkNewPassword, hashPassword, passwordRule } from './passwords.ts';

export interface FirstOwner {
  organization: { name: string; slug: string };
  owner: { username: string; email: string; password: string };
}

/** The first organization and its owner, made once. */
export interface Setup {
  required(): Promise<boolean>;
  /** The token that only who reads the server's output or its data directory knows: of the last 24 hours, or a new one. */
  token(): Promise<string>;
  /** @throws MusterError `forbidden` for a wrong token or one that is over, `conflict` when it was done before, `invalid` for the password */
  complete(
    input: FirstOwner & { setupToken: string },
    requestId: string,
  ): Promise<{ organization: Organization; user: User }>;
  /** The same without a token: unattended start, demo. */
  create(input: FirstOwner, requestId: string): Promise<{ organization: Organization; user: User }>;
}

const sameText = (one: string, other: string) => timingSafeEqual(hashToken(one), hashToken(other));

/** So long a token opens the setup: nobody is to find one years later in an old log. */
const LIFETIME_MS = 24 * 60 * 60_000;
const LOCK = 0x5e7; // serialises two setups at once

export function createSetup(db: Db, dataDir: string, catalogue: AccessCatalogue): Setup {
  const file = join(dataDir, 'setup-token');

  const required = () =>
    inAuthentication(db, async (trx) => {
      const { rows } = await sql<{ empty: boolean }>`select not exists (select from organizations) as empty`.execute(
        trx,
      );
      return rows[0]?.empty === true;
    });

  /** The token that was made last; undefined: there is none. */
  async function readToken(): Promise<{ text: string; isOver: boolean } | undefined> {
    try {
      const { mtimeMs } = await stat(file);
      const text = (await readFile(file, 'utf8')).trim();
      // a clock that was set back must not make it live longer
      return text === '' ? undefined : { text, isOver: Math.abs(Date.now() - mtimeMs) > LIFETIME_MS };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async function token(): Promise<string> {
    const kept = await readToken();
    if (kept && !kept.isOver) return kept.text;
    const made = `ms_${randomBytes(24).toString('base64url')}`;
    await writeFile(file, `${made}\n`, { mode: 0o600 });
    await chmod(file, 0o600);
    return made;
  }

  async function create(input: FirstOwner, requestId: string) {
    const { organization, owner } = input;
    const words = [owner.username, organization.slug, 'muster'];
    await checkNewPassword(owner.password, { words }, '/owner/password');
    const passwordHash = await hashPassword(owner.password);
    const [organizationId, userId] = [newId(), newId()];
    const ctx = {
      organizationId,
      organizationSlug: organization.slug,
      organizationNumber: 0,
      actor: { kind: 'system', id: 'setup', name: 'first start' } as const,
      grants: new Map(),
      requestId,
    };
    return inOrganization(db, ctx, async (inside) => {
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(inside.db);
      if (!(await required())) throw conflict('This installation has its owner already.');
      const made = await foundOrganization(inside, {
        organization,
        owner: { id: userId, username: owner.username, email: owner.email, passwordHash },
        operates: true,
        mustChangePassword: false,
      });
      await audit(inside, {
        action: 'setup.completed',
        object: `organization:${organizationId}`,
        details: { slug: organization.slug },
      });
      const rule = passwordRule({ secondFactor: false, classes: made.password_classes });
      const user: User = {
        id: userId,
        username: owner.username,
        name: '',
        email: owner.email,
        emailVerified: false,
        permissions: [...(catalogue.permissionsOf('owner') ?? [])],
        mustChangePassword: false,
        mustSetUpSecondFactor: false,
        passwordRule: rule,
        organization: { id: organizationId, name: organization.name, slug: organization.slug, passwordRule: rule },
      };
      return { organization: viewOrganization(made), user };
    });
  }

  return {
    required,
    token,
    create,
    async complete({ setupToken, ...input }, requestId) {
      if (!(await required())) throw conflict('This installation has its owner already.');
      const kept = await readToken();
      if (!kept || !sameText(setupToken, kept.text))
        throw forbidden('The setup token is wrong. The server printed it at its start.');
      if (kept.isOver)
        throw forbidden('The setup token is over: it lasts 24 hours. Restart the server, which prints a new one.');
      const result = await create(input, requestId);
      await rm(file, { force: true });
      return result;
    },
  };
}
