import type { NewCredential, Passkey } from '@muster/contract/passkeys';
import type { Selectable } from 'kysely';
import { audit } from '../../platform/audit.ts';
import { tell } from '../../platform/bus.ts';
import { type Db, inOrganization, isUniqueViolation } from '../../platform/db/store.ts';
import type { DB } from '../../platform/db/types.ts';
import { conflict, invalid, notFound } from '../../platform/errors.ts';
import type { Secret } from '../../platform/secret.ts';
import { newId } from '../../platform/uuid.ts';
import { requireStrong } from '../second-factor/require-strong.ts';
import type { PersonContext } from '../sessions.ts';
import { CHALLENGE_MS, challengeOf, isOwnChallenge, makeChallenge, useChallenge } from './challenge.ts';
import type { Site } from './site.ts';
import { webauthn } from './webauthn.ts';

export interface PasskeyDeps {
  db: Db;
  secret: Secret;
}

const PRODUCT = 'Muster';
/** More than anybody's devices, and few enough for a list. */
const MOST = 20;

/** EdDSA, ES256 and RS256 (COSE, RFC 9053): one of them every authenticator has. */
const ALGORITHMS = [-8, -7, -257];

const purposeOf = (userId: string) => `register ${userId}`;

/** What authenticators know a person by: nothing that says who he is (WebAuthn Level 3, 14.6.1). */
export const userHandleOf = (userId: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(userId.replaceAll('-', ''), 'hex'));

const view = (row: Selectable<DB['passkeys']>): Passkey => ({
  id: row.id,
  name: row.name,
  backedUp: row.backed_up,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

/** The newest first. */
export const listPasskeys = (db: Db, ctx: PersonContext): Promise<Passkey[]> =>
  inOrganization(db, ctx, async (inside) => {
    const rows = await inside.db
      .selectFrom('passkeys')
      .selectAll()
      .where('user_id', '=', ctx.user.id)
      .orderBy('created_at', 'desc')
      .execute();
    return rows.map(view);
  });

/** What the browser is told; those that the person has already are left out. */
export async function registrationOptions({ db, secret }: PasskeyDeps, ctx: PersonContext, site: Site) {
  const { id, username, name } = ctx.user;
  const known = await inOrganization(db, ctx, async (inside) => {
    await requireStrong(inside, ctx);
    return inside.db.selectFrom('passkeys').select(['credential_id', 'transports']).where('user_id', '=', id).execute();
  });
  if (known.length >= MOST) throw conflict(`You have ${MOST} passkeys. Remove one first.`);
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName: PRODUCT,
    rpID: site.id,
    userName: username,
    userDisplayName: name || username,
    userID: userHandleOf(id),
    challenge: makeChallenge(secret, purposeOf(id)),
    timeout: CHALLENGE_MS,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: known.map(({ credential_id, transports }) => ({ id: credential_id, transports })),
    // it stands for both factors, and for the name
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return options as typeof options & Record<string, unknown>;
}

/** @throws MusterError `invalid` for a credential that is not what was asked for, `conflict` for one that is known */
export async function addPasskey(
  { db, secret }: PasskeyDeps,
  ctx: PersonContext,
  { name, credential }: { name: string; credential: NewCredential },
  site: Site,
): Promise<Passkey> {
  const { id, clientDataJSON, attestationObject, transports } = credential;
  const { verifyRegistrationResponse } = await webauthn();
  const verified = await verifyRegistrationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON, attestationObject },
    },
    expectedChallenge: (challenge) => isOwnChallenge(secret, purposeOf(ctx.user.id), challenge),
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => undefined);
  const made = verified?.verified ? verified.registrationInfo : undefined;
  if (!made) throw wrong();
  const work = inOrganization(db, ctx, async (inside) => {
    await requireStrong(inside, ctx);
    if (!(await useChallenge(inside, challengeOf(clientDataJSON)))) throw wrong();
    const row = await inside.db
      .insertInto('passkeys')
      .values({
        id: newId(),
        organization_id: ctx.organizationId,
        user_id: ctx.user.id,
        credential_id: made.credential.id,
        public_key: Buffer.from(made.credential.publicKey),
        sign_count: made.credential.counter,
        transports,
        backed_up: made.credentialBackedUp,
        name,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    // whoever made it has just proved himself with it
    await inside.db.updateTable('sessions').set({ strong: true }).where('id', '=', ctx.sessionId).execute();
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: ctx.user.id });
    const details = { passkey: row.id, name };
    await audit(inside, { action: 'auth.passkey_added', object: `user:${ctx.user.id}`, details });
    return view(row);
  });
  return work.catch((error) => {
    throw isUniqueViolation(error) ? conflict('This passkey is known already.') : error;
  });
}

/** @throws MusterError `not_found` for one that is not the caller's */
export const renamePasskey = (db: Db, ctx: PersonContext, id: string, name: string): Promise<Passkey> =>
  inOrganization(db, ctx, async (inside) => {
    const row = await inside.db
      .updateTable('passkeys')
      .set({ name })
      .where('id', '=', id)
      .where('user_id', '=', ctx.user.id)
      .returningAll()
      .executeTakeFirst();
    if (!row) throw notFound('passkey');
    await audit(inside, {
      action: 'auth.passkey_renamed',
      object: `user:${ctx.user.id}`,
      details: { passkey: id, name },
    });
    return view(row);
  });

/** @throws MusterError `not_found` for one that is not the caller's */
export const removePasskey = (db: Db, ctx: PersonContext, id: string): Promise<void> =>
  inOrganization(db, ctx, async (inside) => {
    await requireStrong(inside, ctx);
    const row = await inside.db
      .deleteFrom('passkeys')
      .where('id', '=', id)
      .where('user_id', '=', ctx.user.id)
      .returning('name')
      .executeTakeFirst();
    if (!row) throw notFound('passkey');
    const details = { passkey: id, name: row.name };
    await audit(inside, { action: 'auth.passkey_removed', object: `user:${ctx.user.id}`, details });
  });

const wrong = () =>
  invalid('This is not the passkey that was asked for.', [
    { path: '/credential', message: 'is not right, or came too late' },
  ]);
