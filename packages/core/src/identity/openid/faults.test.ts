import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { bodyOf } from '@muster/testkit/api';
import { type Browser, createBrowser } from '@muster/testkit/browser';
import { CALLBACK, type Pair, startPair } from '@muster/testkit/openid';
import { type CryptoKey, generateKeyPair, type JWTPayload } from 'jose';

let pair: Pair;
let browser: Browser;

before(async () => {
  pair = await startPair();
  const ana = await pair.server.addPerson([{ role: 'viewer' }]);
  pair.idp.accounts.set('ana', { email: `${ana.username}@example.com`, email_verified: true });
  await pair.configure({ linkByEmail: true });
  assert.equal(await pair.signIn('ana'), '/sign-in#openid=done');
});
after(() => pair.stop());

afterEach(async () => {
  pair.idp.intercept = undefined;
  // what one test did wrong must not slow the next one down
  await pair.server.admin('delete from throttles');
});

const ended = (how: string) => `/sign-in#openid=${how}`;

/** As far as the address that the provider sends back to. */
async function goThere(): Promise<URL> {
  browser = createBrowser();
  return new URL(await pair.idp.signIn(browser, await pair.start(browser), 'ana'));
}

async function refused(address: URL | string, how: string, from = browser): Promise<void> {
  assert.equal(await pair.comeBack(from, String(address)), ended(how));
  assert.equal(await pair.whoIs(from), undefined);
}

test('another state, or none, is refused, and the right one is still good then', async () => {
  const address = await goThere();
  const other = new URL(address);
  other.searchParams.set('state', 'x'.repeat(43));
  await refused(other, 'expired');
  other.searchParams.delete('state');
  await refused(other, 'expired');
  assert.equal(await pair.comeBack(browser, address.href), ended('done'));
});

test('another browser, or one that remembers another attempt, is refused', async () => {
  const address = await goThere();
  await refused(address, 'expired', createBrowser());
  const victim = createBrowser();
  await pair.start(victim);
  await refused(address, 'expired', victim);
});

test('what came back is good once, also for a browser with the same cookies', async () => {
  const address = await goThere();
  const thief = browser.copy();
  assert.equal(await pair.comeBack(browser, address.href), ended('done'));
  await refused(address, 'expired', thief);
});

test('a code that was used is refused by the provider, and so is one that was made up', async () => {
  const first = await goThere();
  assert.equal(await pair.comeBack(browser, first.href), ended('done'));
  for (const code of [first.searchParams.get('code') ?? '', 'made-up']) {
    const address = await goThere();
    address.searchParams.set('code', code);
    await refused(address, 'wrong');
  }
});

test('an answer that names another issuer, or none where the provider always names itself, is refused', async () => {
  for (const iss of ['https://evil.example', undefined]) {
    const address = await goThere();
    if (iss === undefined) address.searchParams.delete('iss');
    else address.searchParams.set('iss', iss);
    await refused(address, 'wrong');
  }
});

/** Comes back with an ID token that the test made. */
async function withToken(
  change: { [claim in keyof JWTPayload]: JWTPayload[claim] | undefined },
  key?: CryptoKey,
): Promise<string> {
  const { idp, server } = pair;
  browser = createBrowser();
  const { searchParams } = new URL(await pair.start(browser));
  const now = Math.floor(Date.now() / 1000);
  const iss = idp.issuer.slice(0, -1);
  const usual = { iss, sub: 'ana', aud: idp.clientId, iat: now, exp: now + 60, nonce: searchParams.get('nonce') };
  const id_token = await idp.sign({ ...usual, ...change } as JWTPayload, key);
  idp.intercept = (request, response) => {
    if (request.url !== '/token') return false;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'x', token_type: 'Bearer', id_token }));
    return true;
  };
  const query = new URLSearchParams({ code: 'c', state: searchParams.get('state') ?? '', iss });
  return pair.comeBack(browser, `${server.http}${CALLBACK}?${query}`);
}

test('an ID token of another nonce, issuer, audience, time or key is refused; the same one that is right is taken', async () => {
  const now = Math.floor(Date.now() / 1000);
  const stranger = (await generateKeyPair('RS256')).privateKey;
  const faults: Record<string, Parameters<typeof withToken>> = {
    'another nonce': [{ nonce: 'x'.repeat(43) }],
    'no nonce': [{ nonce: undefined }],
    'another issuer': [{ iss: 'https://evil.example' }],
    'another audience': [{ aud: 'another-client' }],
    'an audience beside us, for somebody else': [{ aud: [pair.idp.clientId, 'other'], azp: 'other' }],
    'it is over': [{ iat: now - 600, exp: now - 300 }],
    'it is not yet good': [{ nbf: now + 300 }],
    'another key': [{}, stranger],
    'no subject': [{ sub: undefined }],
  };
  for (const [what, [change, key]] of Object.entries(faults)) {
    assert.equal(await withToken(change, key), ended('wrong'), what);
    assert.equal(await pair.whoIs(browser), undefined, what);
  }
  assert.equal(await withToken({}), ended('done'));
});

test('a provider that says no says so: cancelled, or in trouble itself', async () => {
  for (const [error, how] of [
    ['access_denied', 'cancelled'],
    ['temporarily_unavailable', 'away'],
    ['invalid_scope', 'wrong'],
  ]) {
    const address = await goThere();
    address.searchParams.delete('code');
    address.searchParams.set('error', error as string);
    await refused(address, how as string);
  }
});

test('keys that the provider changes meanwhile are the keys that count', async () => {
  const old = await goThere();
  await pair.idp.rotateKeys();
  assert.equal(await pair.comeBack(browser, old.href), ended('done'), 'signed with the new one, shown beside no other');
  assert.equal(await pair.signIn('ana'), ended('done'));
});

test('a provider that goes away in the middle, answers rubbish, sends elsewhere or never ends is no way in; the password still is', async () => {
  const { idp, server } = pair;
  const faults: [path: string, how: string, answer: (response: ServerResponse) => void][] = [
    ['/token', 'away', (response) => response.destroy()],
    ['/token', 'away', (response) => void response.writeHead(503).end('{}')],
    ['/token', 'wrong', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
    ['/token', 'wrong', (response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
    ['/jwks', 'away', (response) => response.destroy()],
    ['/jwks', 'wrong', (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{')],
    [
      '/token',
      'wrong',
      (response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(`{"x":"${'x'.repeat(300_000)}"}`),
    ],
  ];
  for (const [path, how, answer] of faults) {
    const address = await goThere();
    idp.intercept = (request, response) => {
      if (request.url !== path) return false;
      answer(response);
      return true;
    };
    await refused(address, how);
    idp.intercept = undefined;
  }
  assert.ok((await server.signIn()).accessToken);
});

test('a provider that never answers is given up, and says so on the sign-in page', { timeout: 30_000 }, async () => {
  const ways: ((response: ServerResponse) => void)[] = [
    () => undefined,
    (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"access_token":'),
  ];
  for (const answer of ways) {
    const address = await goThere();
    pair.idp.intercept = (request, response) => {
      if (request.url !== '/token') return false;
      answer(response);
      return true;
    };
    await refused(address, 'away');
    pair.idp.intercept = undefined;
  }
});

test('a provider that is down before anybody leaves for it: the sign-in page says so', async () => {
  const { server } = pair;
  const input = { name: 'Down', issuer: 'http://127.0.0.1:9/', clientId: 'x', clientSecret: 'x' };
  const { id } = await bodyOf(server.api.post<{ id: string }>('/identity-providers', input), 201);
  const answer = await server.anybody.fetch(`/api/v1/auth/openid/${id}/start?returnTo=/fleet`, { redirect: 'manual' });
  assert.equal(answer.headers.get('location'), '/sign-in?to=%2Ffleet#openid=away');
});

test('whoever comes back wrong again and again waits, and nobody else does', async () => {
  const callback = `${pair.server.http}${CALLBACK}?code=a&state=b`;
  const stranger = createBrowser();
  let how = '';
  for (let attempt = 0; attempt < 60 && how !== ended('throttled'); attempt++)
    how = await pair.comeBack(stranger, callback);
  assert.equal(how, ended('throttled'));
  assert.equal(await pair.start(stranger), ended('throttled'));
});
