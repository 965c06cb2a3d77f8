import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TransactionContext } from '../../platform/context.ts';
import type { Secret } from '../../platform/secret.ts';

/** So long a browser may take. */
export const CHALLENGE_MS = 5 * 60_000;
const NONCE_BYTES = 16;
const END_BYTES = 6;
const PROOF_BYTES = 16;

/**
 * A challenge that proves by itself who made it, for what and until when: nothing is kept of one that nobody answers.
 * @param purpose what it is for, and for whom
 */
export function makeChallenge(secret: Secret, purpose: string, now = Date.now()): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(NONCE_BYTES + END_BYTES);
  randomBytes(NONCE_BYTES).copy(head);
  head.writeUIntBE(now + CHALLENGE_MS, NONCE_BYTES, END_BYTES);
  return new Uint8Array(Buffer.concat([head, proofOf(secret, purpose, head)]));
}

/** @param challenge base64url, as a browser sends it back */
export function isOwnChallenge(secret: Secret, purpose: string, challenge: string, now = Date.now()): boolean {
  const bytes = Buffer.from(challenge, 'base64url');
  if (bytes.length !== NONCE_BYTES + END_BYTES + PROOF_BYTES) return false;
  const head = bytes.subarray(0, NONCE_BYTES + END_BYTES);
  const isOurs = timingSafeEqual(bytes.subarray(NONCE_BYTES + END_BYTES), proofOf(secret, purpose, head));
  return isOurs && head.readUIntBE(NONCE_BYTES, END_BYTES) >= now;
}

/** Uses a challenge up. False: it was used before. */
export async function useChallenge({ db, organizationId }: TransactionContext, challenge: string): Promise<boolean> {
  await db.deleteFrom('used_challenges').where('ends_at', '<', new Date()).execute();
  const { numInsertedOrUpdatedRows: inserted } = await db
    .insertInto('used_challenges')
    .values({
      organization_id: organizationId,
      hash: createHash('sha256').update(challenge).digest(),
      ends_at: new Date(Date.now() + CHALLENGE_MS),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return inserted === 1n;
}

/** The challenge that a browser's answer is about. @throws SyntaxError when it is no JSON */
export const challengeOf = (clientDataJSON: string): string =>
  String(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()).challenge);

const proofOf = (secret: Secret, purpose: string, head: Buffer): Buffer =>
  secret.sign(`passkey challenge ${purpose}`, head.toString('hex')).subarray(0, PROOF_BYTES);
