import { createHash, randomBytes } from 'node:crypto';

/** A credential: what it is for (`mk`, `me`, `md` for programs; `mr`, `mv`, `mi` in links of mails) and 256 random bits. */
export const makeToken = (kind: 'mk' | 'me' | 'md' | 'mr' | 'mv' | 'mi'): string =>
  `${kind}_${randomBytes(32).toString('base64url')}`;

/** Characters of a secret that are kept, so that people can tell credentials apart: `mk_` and five more. */
const HINT_LENGTH = 8;
export const hintOf = (secret: string): string => secret.slice(0, HINT_LENGTH);

/** Tokens hold 256 random bits: a plain SHA-256 keeps them as safe as a slow hash would. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
