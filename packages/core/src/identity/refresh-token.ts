import { timingSafeEqual } from 'node:crypto';
import { unauthenticated } from '../platform/errors.ts';
import type { Secret } from '../platform/secret.ts';
import { isId } from '../platform/uuid.ts';

/**
 * A refresh token is the session's id, the count of its rotations and a MAC over both. So the successor of a token follows
 * from the token: within the grace time the same one can be answered again without keeping it.
 */
export const writeRefreshToken = (secret: Secret, id: string, counter: number) =>
  `${id}.${counter}.${secret.sign('refresh', `${id}.${counter}`).toString('base64url')}`;

/** @throws MusterError `unauthenticated` for one that was tampered with */
export function readRefreshToken(secret: Secret, token: string): { id: string; counter: number } {
  const [id = '', count = '', mac = ''] = token.split('.');
  if (!isId(id) || !/^\d{1,9}$/.test(count)) throw unauthenticated();
  const expected = secret.sign('refresh', `${id}.${count}`);
  const given = Buffer.from(mac, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw unauthenticated();
  return { id, counter: Number(count) };
}
