import { type CryptoKey, jwtVerify, SignJWT } from 'jose';
import { MusterError, unauthenticated } from '../platform/errors.ts';
import { newId } from '../platform/uuid.ts';
import { ALGORITHM, type SigningKeys } from './signing-keys.ts';

/** Seconds that an access token is good for. */
export const ACCESS_SECONDS = 900;
const ISSUER = 'muster';
const AUDIENCE = 'muster-api';
const TYPE = 'at+jwt';

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

/** Tokens signed with the installation's keys (`openSigningKeys`). */
export function createAccessTokens(keys: SigningKeys): AccessTokens {
  async function keyOf({ kid }: { kid?: string }): Promise<CryptoKey> {
    const key = kid === undefined ? undefined : await keys.publicKey(kid);
    if (!key) throw unauthenticated();
    return key;
  }

  return {
    issue({ userId, organizationId, sessionId }) {
      const { kid, privateKey } = keys.current();
      return new SignJWT({ org: organizationId, sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(newId())
        .setIssuedAt()
        .setExpirationTime(`${ACCESS_SECONDS}s`)
        .sign(privateKey);
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          algorithms: [ALGORITHM],
          typ: TYPE,
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['sub', 'org', 'sid', 'exp'],
        });
        return {
          userId: payload.sub as string,
          organizationId: payload.org as string,
          sessionId: payload.sid as string,
        };
      } catch (error) {
        if (error instanceof MusterError && error.code === 'unavailable') throw error;
        throw unauthenticated('The access token is not valid any more.');
      }
    },
  };
}
