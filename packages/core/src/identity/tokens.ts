import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { Secret } from '../platform/secret.ts';
import { newId } from '../platform/uuid.ts';

/** Seconds that an access token is good for. */
export const ACCESS_SECONDS = 900;
const ISSUER = 'muster';
const AUDIENCE = 'muster-api';
const TYPE = 'at+jwt';
const ALGORITHM = 'EdDSA';

/** Who an access token stands for. Permissions are looked up, never read from a token (RFC 8725). */
export interface AccessClaims {
  userId: string;
  organizationId: string;
  sessionId: string;
}

export interface AccessTokens {
  issue(claims: AccessClaims): Promise<string>;
  /** @throws MusterError `unauthenticated` */
  verify(token: string): Promise<AccessClaims>;
}

/** The installation's signing key, made at the first start and kept in the database, wrapped by the secret. */
export async function openAccessTokens(db: Db, secret: Secret): Promise<AccessTokens> {
  const { kid, privateKey, publicKey } = await readOrMakeKey(db, secret);
  return {
    issue: ({ userId, organizationId, sessionId }) =>
      new SignJWT({ org: organizationId, sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(newId())
        .setIssuedAt()
        .setExpirationTime(`${ACCESS_SECONDS}s`)
        .sign(privateKey),
    async verify(token) {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['sub', 'org', 'sid', 'exp'],
        });
        if (protectedHeader.kid !== kid) throw unauthenticated();
        return {
          userId: payload.sub as string,
          organizationId: payload.org as string,
          sessionId: payload.sid as string,
        };
      } catch {
        throw unauthenticated('The access token is not valid any more.');
      }
    },
  };
}

const NAME = 'signing-key';

async function readOrMakeKey(
  db: Db,
  secret: Secret,
): Promise<{ kid: string; privateKey: CryptoKey; publicKey: CryptoKey }> {
  const made = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const jwk = { ...(await exportJWK(made.privateKey)), kid: newId() };
  const wrapped = secret.wrap(NAME, Buffer.from(JSON.stringify(jwk)));
  const stored = await inAuthentication(db, async (trx) => {
    await trx
      .insertInto('installation')
      .values({ name: NAME, value: JSON.stringify(wrapped) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return trx.selectFrom('installation').select('value').where('name', '=', NAME).executeTakeFirstOrThrow();
  });
  const key = JSON.parse(secret.unwrap(NAME, stored.value as string).toString()) as JWK & { kid: string };
  const { d: _, ...open } = key;
  return {
    kid: key.kid,
    privateKey: (await importJWK(key, ALGORITHM)) as CryptoKey,
    publicKey: (await importJWK(open, ALGORITHM)) as CryptoKey,
  };
}
