import { timingSafeEqual } from 'node:crypto';
import type { UsedCredential } from '@muster/contract/passkeys';
import { type Db, inAuthentication } from '../../platform/db/store.ts';
import { unauthenticated } from '../../platform/errors.ts';
import type { Secret } from '../../platform/secret.ts';
import { contextFor, readAccount } from '../account.ts';
import type { Caller } from '../caller.ts';
import type { SignedIn } from '../sessions.ts';
import type { SignInDeps } from '../sign-in.ts';
import { CHALLENGE_MS, challengeOf, isOwnChallenge, makeChallenge, useChallenge } from './challenge.ts';
import { userHandleOf } from './manage.ts';
import type { Site } from './site.ts';
import { webauthn } from './webauthn.ts';

const PURPOSE = 'sign in';

/** What a browser needs to offer the passkeys that it has for this site; whose they are it says itself. */
export async function signInOptions(secret: Secret, site: Site) {
  const { generateAuthenticationOptions } = await webauthn();
  const options = await generateAuthenticationOptions({
    rpID: site.id,
    challenge: makeChallenge(secret, PURPOSE),
    timeout: CHALLENGE_MS,
    userVerification: 'required',
  });
  return options as typeof options & Record<string, unknown>;
}

/** Both factors at once: the authenticator, and what unlocks it. @throws MusterError `unauthenticated`, the same whatever is wrong; `too_many` */
export async function signInWithPasskey(
  { db, secret, sessions, throttle, refusals }: SignInDeps,
  credential: UsedCredential,
  site: Site,
  caller: Caller,
): Promise<SignedIn> {
  const known = await findPasskey(db, credential.id);
  const account = known?.account.id ?? 'passkey';
  const judge = async () => {
    const counted = known && (await verify(secret, known, credential, site));
    if (!known || counted === undefined || known.account.status !== 'active') return undefined;
    return sessions.open(known.account, caller, async (ctx) => {
      if (!(await useChallenge(ctx, challengeOf(credential.clientDataJSON)))) return undefined;
      await ctx.db
        .updateTable('passkeys')
        .set({ sign_count: counted, last_used_at: new Date() })
        .where('id', '=', known.id)
        .execute();
      return { strong: true, details: { factor: 'passkey', passkey: known.id } };
    });
  };
  // a passkey is not guessed: what others try at the account from elsewhere is no matter
  const signedIn = await throttle.attempt(account, caller.address, judge, { known: true });
  if (signedIn) return signedIn;
  if (known) {
    const details = { factor: 'passkey', passkey: known.id };
    void refusals.note(contextFor(known.account, caller), {
      action: 'auth.refused',
      object: `user:${known.account.id}`,
      details,
    });
  }
  throw unauthenticated('This passkey opens nothing here.');
}

type Known = NonNullable<Awaited<ReturnType<typeof findPasskey>>>;

const findPasskey = (db: Db, credentialId: string) =>
  inAuthentication(db, async (trx) => {
    const row = await trx
      .selectFrom('passkeys')
      .select(['id', 'user_id', 'public_key', 'sign_count'])
      .where('credential_id', '=', credentialId)
      .executeTakeFirst();
    const account = row && (await readAccount(trx, row.user_id));
    return row && account && { ...row, account };
  });

/** @returns the authenticator's new count; undefined: the answer is not right, or comes of a copy that counted less */
async function verify(
  secret: Secret,
  { account, public_key, sign_count }: Known,
  { id, clientDataJSON, authenticatorData, signature, userHandle }: UsedCredential,
  site: Site,
): Promise<number | undefined> {
  const [handle, own] = [Buffer.from(userHandle, 'base64url'), userHandleOf(account.id)];
  if (handle.length !== own.length || !timingSafeEqual(handle, own)) return undefined;
  const { verifyAuthenticationResponse } = await webauthn();
  const verified = await verifyAuthenticationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON, authenticatorData, signature, userHandle },
    },
    expectedChallenge: (challenge) => isOwnChallenge(secret, PURPOSE, challenge),
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    credential: { id, publicKey: new Uint8Array(public_key), counter: Number(sign_count) },
    requireUserVerification: true,
  }).catch(() => undefined);
  return verified?.verified ? verified.authenticationInfo.newCounter : undefined;
}
