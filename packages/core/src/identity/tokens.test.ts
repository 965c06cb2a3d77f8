import assert from 'node:assert/strict';
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createApi, problemOf } from '@muster/testkit/api';
import type { SignedIn } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { type CryptoKey, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { openSecret, type Secret } from '../platform/secret.ts';

let server: TestServer;
let person: SignedIn;
/** The installation's own key, as only who reads its data directory and its database has it. */
let key: CryptoKey;
let jwk: JWK & { kid: string };
let claims: { sub: string; org: string; sid: string };

before(async () => {
  server = await startTestServer();
  person = await server.signIn();
  const secret = await openSecret(join(server.dataDir, 'secret'));
  const [stored] = await readKeys(secret);
  assert.ok(stored);
  jwk = { ...stored.jwk, kid: stored.kid };
  key = (await importJWK(jwk, 'EdDSA')) as CryptoKey;
  const { sub, org, sid } = JSON.parse(Buffer.from(person.accessToken.split('.')[1] ?? '', 'base64url').toString());
  claims = { sub, org, sid };
});
after(() => server.stop());

interface StoredKey {
  kid: string;
  jwk: JWK;
  madeAt: number;
}

async function readKeys(secret: Secret): Promise<StoredKey[]> {
  const [row] = await server.admin<{ value: string }>(`select value from installation where name = 'signing-keys'`);
  return JSON.parse(secret.unwrap('signing-keys', row?.value ?? '').toString());
}

interface Wish {
  header?: object;
  issuer?: string;
  audience?: string;
  expires?: number | string;
  notBefore?: string;
  with?: CryptoKey;
  more?: object;
}

function tokenOf(wish: Wish = {}): Promise<string> {
  const jwt = new SignJWT({ org: claims.org, sid: claims.sid, ...wish.more })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid, ...wish.header })
    .setIssuer(wish.issuer ?? 'muster')
    .setAudience(wish.audience ?? 'muster-api')
    .setSubject(claims.sub)
    .setIssuedAt()
    .setExpirationTime(wish.expires ?? '5m');
  if (wish.notBefore) jwt.setNotBefore(wish.notBefore);
  return jwt.sign(wish.with ?? key);
}

const me = (token: string) =>
  createApi(
    () => server.http,
    () => token,
  ).get('/auth/me');

test('a token of the right key, kind, issuer and audience is taken', async () => {
  assert.equal((await me(await tokenOf())).status, 200);
});

test('one that is wrong in any of these is refused', async () => {
  const stranger = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const wishes: Record<string, Wish> = {
    'a refresh token’s kind': { header: { typ: 'rt+jwt' } },
    'a plain JWT': { header: { typ: 'JWT' } },
    'another audience': { audience: 'muster-device' },
    'another issuer': { issuer: 'somebody' },
    'past its time': { expires: Math.floor(Date.now() / 1000) - 1 },
    'not yet': { notBefore: '1m' },
    'another key': { with: stranger.privateKey },
    'another key’s id': { header: { kid: '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60' } },
    'a path as key id': { header: { kid: '../../../dev/null' } },
    'another organization': { more: { org: '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60' } },
    'another session': { more: { sid: '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60' } },
    'no session': { more: { sid: undefined } },
  };
  for (const [what, wish] of Object.entries(wishes)) {
    const answer = await me(await tokenOf(wish));
    assert.equal(answer.status, 401, what);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    await problemOf(answer, 401);
  }
});

test('a header that the server must not believe is refused', async () => {
  const [, payload = '', signature = ''] = (await tokenOf()).split('.');
  const encode = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
  const good = { alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid };
  const { d: _, ...open } = jwk;
  const pem = createPublicKey({ key: open as JsonWebKey, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  const confused = `${encode({ ...good, alg: 'HS256' })}.${payload}`;
  const forged = [
    `${encode({ ...good, alg: 'none' })}.${payload}.`,
    `${encode({ ...good, alg: 'None' })}.${payload}.`,
    `${encode({ ...good, alg: 'none' })}.${payload}.${signature}`,
    `${confused}.${createHmac('sha256', pem).update(confused).digest('base64url')}`,
    `${confused}.${createHmac('sha256', Buffer.from(open.x ?? '', 'base64url'))
      .update(confused)
      .digest('base64url')}`,
    `${encode({ ...good, crit: ['exp'] })}.${payload}.${signature}`,
    `${encode({ ...good, jwk: open })}.${payload}.${signature}`,
    `${payload}.${payload}.${signature}`,
    'not.a.token',
    'x'.repeat(4096),
  ];
  for (const token of forged) await problemOf(me(token), 401);
});

test('a refresh token, a device token and a setup token are no access tokens', async () => {
  const device = await server.createDevice();
  for (const token of [person.cookie.split('=')[1] as string, device.token, 'ms_x', 'mk_x']) {
    await problemOf(me(token), 401);
  }
});

test('an access token is no device token', async () => {
  await problemOf(person.api.post('/device/telemetry', { values: { a: 1 } }), 401);
  await problemOf(person.api.post('/device/heartbeat'), 401);
});

test('keys are published without what is secret of them', async () => {
  const published = (await (await server.anybody.fetch('/.well-known/jwks.json')).json()) as { keys: JWK[] };
  assert.equal(published.keys.length, 1);
  const { kid, x, ...rest } = published.keys[0] as JWK;
  assert.equal(kid, jwk.kid);
  assert.equal(x, jwk.x);
  assert.deepEqual(rest, { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
});

test('a month later a new key signs, and what the old one signed is good until its time is over', async () => {
  const secret = await openSecret(join(server.dataDir, 'secret'));
  const before = await tokenOf();
  const DAY_MS = 86_400_000;
  const setAge = async (days: (index: number) => number) => {
    const aged = (await readKeys(secret)).map((one, index) => ({ ...one, madeAt: Date.now() - days(index) * DAY_MS }));
    const value = JSON.stringify(secret.wrap('signing-keys', Buffer.from(JSON.stringify(aged))));
    await server.admin(`update installation set value = $1::jsonb where name = 'signing-keys'`, [value]);
    await server.restart();
  };
  await setAge(() => 31);
  const kids = (await readKeys(secret)).map(({ kid }) => kid);
  assert.equal(kids.length, 2);
  assert.equal(kids[1], jwk.kid);
  assert.equal((await me(before)).status, 200);
  const { accessToken } = await server.signIn();
  const header = JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString());
  assert.equal(header.kid, kids[0]);
  await setAge((index) => (index === 0 ? 31 : 62));
  assert.ok(!(await readKeys(secret)).some(({ kid }) => kid === jwk.kid), 'the oldest is gone');
  await problemOf(me(before), 401);
});
