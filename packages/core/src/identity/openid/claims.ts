import type * as client from 'openid-client';

/** What a provider says of somebody, as far as it is of use. */
export interface Claims {
  issuer: string;
  subject: string;
  /** Small letters; undefined: it says none, or does not say that it is verified. */
  email: string | undefined;
  name: string;
  username: string | undefined;
}

const LONGEST_NAME = 120;
const LONGEST_USERNAME = 56;

/** @param more what the provider tells beside the token, of the same subject */
export function readClaims(token: client.IDToken, more: Partial<client.UserInfoResponse> = {}): Claims {
  const all = { ...more, ...token } as Record<string, unknown>;
  const { email, email_verified: verified } = all.email === undefined ? more : all;
  const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
  // other letters may become the same small ones (the Kelvin sign a k) and are another mailbox nevertheless
  const isAddress = /^[!-?A-~]{1,64}@[!-?A-~]{1,189}$/.test(text(email));
  const address = isAddress ? text(email).toLowerCase() : '';
  return {
    issuer: token.iss,
    subject: token.sub,
    email: verified === true && isAddress ? address : undefined,
    name: text(all.name).slice(0, LONGEST_NAME),
    username: readUsername(text(all.preferred_username) || address),
  };
}

/** The part before the @, without what a user name must not hold. */
function readUsername(text: string): string | undefined {
  const plain = (text.split('@', 1)[0] ?? '').replace(/[^\p{L}\p{N}._-]/gu, '').slice(0, LONGEST_USERNAME);
  return plain === '' ? undefined : plain;
}
