import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import type { Log } from '../platform/log.ts';
import type { Secret } from '../platform/secret.ts';
import { newId } from '../platform/uuid.ts';

export const ALGORITHM = 'EdDSA';

/** The keys of access tokens: the newest signs, and those before it verify what they signed. */
export interface SigningKeys {
  /** What a token is signed with now. */
  current(): { kid: string; privateKey: CryptoKey };
  /** Looks into the store for one that another node made a moment ago. undefined: there is no such key. */
  publicKey(kid: string): Promise<CryptoKey | undefined>;
  /** RFC 7517: for whoever verifies tokens elsewhere. */
  jwks(): { keys: JWK[] };
  stop(): void;
}

interface StoredKey {
  kid: string;
  /** Private, Ed25519. */
  jwk: JWK;
  /** ms since 1970 */
  madeAt: number;
}

interface OpenKey extends StoredKey {
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

const NAME = 'signing-keys';
const ROTATED_MS = 30 * 86_400_000;
/** A key verifies for a day after it was replaced; its last token is good for a quarter of an hour. */
const KEPT_MS = ROTATED_MS + 86_400_000;
const LOOK_MS = 3_600_000;
/** An id that nobody knows is looked up in the store so often at most. */
const RELOAD_MS = 1000;

/** Opens the installation's keys, which stand in the database wrapped by the secret; makes the first one, and a new one when it is time. */
export async function openSigningKeys(db: Db, secret: Secret, log: Log): Promise<SigningKeys> {
  const wrap = (list: StoredKey[]) => JSON.stringify(secret.wrap(NAME, Buffer.from(JSON.stringify(list))));
  let keys = await load();
  let loadedAt = performance.now();
  const timer = setInterval(() => {
    load().then(
      (fresh) => (keys = fresh),
      (error) => log.warn({ err: error }, 'the signing keys could not be looked after; it is tried again'),
    );
  }, LOOK_MS).unref();

  /** Reads the keys, newest first, and rotates them when the newest is too old; one node at a time. */
  async function load(): Promise<OpenKey[]> {
    const made = await make();
    const stored = await inAuthentication(db, async (trx) => {
      await trx
        .insertInto('installation')
        .values({ name: NAME, value: wrap([made]) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const row = await trx
        .selectFrom('installation')
        .select('value')
        .where('name', '=', NAME)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const before = JSON.parse(secret.unwrap(NAME, row.value as string).toString()) as StoredKey[];
      const now = Date.now();
      const newest = Math.max(...before.map(({ madeAt }) => madeAt));
      if (now - newest < ROTATED_MS) return before;
      const after = [made, ...before.filter(({ madeAt }) => now - madeAt < KEPT_MS || madeAt === newest)];
      await trx
        .updateTable('installation')
        .set({ value: wrap(after) })
        .where('name', '=', NAME)
        .execute();
      log.info({ kid: made.kid }, 'access tokens are signed with a new key');
      return after;
    });
    return Promise.all(stored.map(open));
  }

  return {
    current: () => keys[0] as OpenKey,
    async publicKey(kid) {
      const known = keys.find((key) => key.kid === kid);
      if (known || performance.now() - loadedAt < RELOAD_MS) return known?.publicKey;
      loadedAt = performance.now();
      keys = await load();
      return keys.find((key) => key.kid === kid)?.publicKey;
    },
    jwks: () => ({
      keys: keys.map(({ kid, jwk: { d: _, ...jwk } }) => ({ ...jwk, kid, alg: ALGORITHM, use: 'sig' })),
    }),
    stop: () => clearInterval(timer),
  };
}

async function make(): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  return { kid: newId(), jwk: await exportJWK(privateKey), madeAt: Date.now() };
}

async function open(key: StoredKey): Promise<OpenKey> {
  const { d: _, ...open } = key.jwk;
  return {
    ...key,
    privateKey: (await importJWK(key.jwk, ALGORITHM)) as CryptoKey,
    publicKey: (await importJWK(open, ALGORITHM)) as CryptoKey,
  };
}
