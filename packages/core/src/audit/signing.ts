import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { canonical } from '../platform/audit-chain.ts';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import type { Secret } from '../platform/secret.ts';

/** The head of a chain at a moment, signed. */
export interface Checkpoint {
  organizationId: string;
  /** 1, 2, 3 … in each organization, without a gap. */
  number: number;
  seq: number;
  hash: string;
  at: string;
  keyId: string;
  /** Ed25519 over everything else in the form of RFC 8785, base64url. */
  signature: string;
}

/** A public key as exports carry it: SPKI in base64. */
export interface PublicKey {
  keyId: string;
  publicKey: string;
}

/** The installation's key for the audit trail. */
export interface AuditKey extends PublicKey {
  /** Adds the key's id and the signature. */
  sign<T extends object>(content: T): T & { keyId: string; signature: string };
}

export type Keys = ReadonlyMap<string, KeyObject>;

const NAME = 'audit-key';

/** The signing key, made at the first start and kept in the database, wrapped by the secret. */
export async function openAuditKey(db: Db, secret: Secret): Promise<AuditKey> {
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
  const stored = await inAuthentication(db, async (trx) => {
    await trx
      .insertInto('installation')
      .values({ name: NAME, value: JSON.stringify(secret.wrap(NAME, made)) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return trx.selectFrom('installation').select('value').where('name', '=', NAME).executeTakeFirstOrThrow();
  });
  const key = createPrivateKey({ key: secret.unwrap(NAME, stored.value as string), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const keyId = keyIdOf(spki);
  return {
    keyId,
    publicKey: spki.toString('base64'),
    sign: (content) => {
      const signed = { ...content, keyId };
      return { ...signed, signature: sign(null, Buffer.from(canonical(signed)), key).toString('base64url') };
    },
  };
}

/** Keys by the ids that follow from them, whatever ids were written beside them; what is no key is left out. */
export function readKeys(listed: readonly PublicKey[]): Keys {
  const keys = new Map<string, KeyObject>();
  for (const { publicKey } of listed) {
    try {
      const spki = Buffer.from(publicKey, 'base64');
      keys.set(keyIdOf(spki), createPublicKey({ key: spki, format: 'der', type: 'spki' }));
    } catch {
      // nothing is signed by it
    }
  }
  return keys;
}

/** Is this signed by that key? */
export function isSigned<T extends { signature: string }>({ signature, ...content }: T, key: KeyObject): boolean {
  return verify(null, Buffer.from(canonical(content)), key, Buffer.from(String(signature), 'base64url'));
}

/** Is this checkpoint signed by that key? What else stands in its line is not looked at. */
export function isSignedCheckpoint(checkpoint: Checkpoint, key: KeyObject): boolean {
  const { organizationId, number, seq, hash, at, keyId, signature } = checkpoint;
  return isSigned({ organizationId, number, seq, hash, at, keyId, signature }, key);
}

const keyIdOf = (spki: Buffer): string => createHash('sha256').update(spki).digest('hex').slice(0, 32);
