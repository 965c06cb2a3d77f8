import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { routes } from '@muster/contract/routes';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { createAuthenticator } from '@muster/testkit/authenticator';
import { createBrowser } from '@muster/testkit/browser';
import { CALLBACK, type Pair, startPair } from '@muster/testkit/openid';
import type { TestPerson } from '@muster/testkit/organization';

let pair: Pair;
let ana: TestPerson;

before(async () => {
  pair = await startPair();
  ana = await pair.server.addPerson([{ role: 'viewer' }]);
  pair.idp.accounts.set('ana', { email: `${ana.username}@example.com`, email_verified: true });
  // her account is known
  await pair.configure({ linkByEmail: true });
  assert.equal(await pair.signIn('ana'), '/sign-in#openid=done');
  await pair.configure({ linkByEmail: false });
});
after(() => pair.stop());

test('whoever signed in at the provider is in, with a session like any other, on the page that was asked for', async () => {
  const browser = createBrowser();
  const end = await pair.signIn('ana', { browser, returnTo: '/fleet?q=a&b=1#x' });
  assert.equal(end, '/sign-in?to=%2Ffleet%3Fq%3Da%26b%3D1%23x#openid=done');
  assert.equal(await pair.whoIs(browser), ana.username);
  const [entry] = await pair.audited('auth.signed_in');
  assert.equal(entry?.provider, 'House');
  assert.deepEqual(browser.cookies('muster_openid'), [], 'what was remembered for the way is gone');
});

test('the provider is asked for a code, with PKCE, state and nonce, and sends back to the public address whatever the request said', async () => {
  const { server, provider, idp } = pair;
  const answer = await fetch(`${server.http}/api/v1/auth/openid/${provider.id}/start`, {
    redirect: 'manual',
    headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
  });
  assert.equal(answer.status, 302);
  const location = new URL(answer.headers.get('location') ?? '');
  const { state, nonce, code_challenge, ...others } = Object.fromEntries(location.searchParams);
  assert.equal(`${location.origin}/`, idp.issuer);
  assert.deepEqual(others, {
    client_id: idp.clientId,
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: `${server.http}${CALLBACK}`,
    scope: 'openid profile email',
  });
  for (const value of [state, nonce, code_challenge]) assert.match(value ?? '', /^[\w-]{43}$/);
  const [cookie = ''] = answer.headers.getSetCookie();
  assert.match(cookie, /; HttpOnly/);
  assert.match(cookie, /; Secure/);
  assert.match(cookie, /; SameSite=Lax/);
  assert.match(cookie, /; Max-Age=600/);
  assert.ok(cookie.includes(`; Path=${CALLBACK}`), cookie);
  for (const value of [state, nonce]) assert.ok(!cookie.includes(value ?? ''), 'it can not be read');
});

test('only a page of this app is returned to', async () => {
  const elsewhere = [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/a\\b',
    'javascript:alert(1)',
    'fleet',
    '',
    `/${'a'.repeat(1999)}`,
  ];
  for (const returnTo of elsewhere) {
    const end = await pair.signIn('ana', { returnTo });
    assert.equal(end, `/sign-in${returnTo.length === 2000 ? `?to=%2F${'a'.repeat(1999)}` : ''}#openid=done`, returnTo);
  }
});

test('a page of another site sends nobody to a provider', async () => {
  const { server, provider } = pair;
  const answer = await fetch(`${server.http}/api/v1/auth/openid/${provider.id}/start`, {
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  assert.equal(answer.status, 403);
});

test('anybody may know the names of the enabled providers of the organization that runs the installation, or of one he names', async () => {
  const { server, provider } = pair;
  const away = await server.organization('away');
  const input = { name: 'Away', issuer: 'https://idp.example', clientId: 'muster', clientSecret: 'hidden' };
  const theirs = await bodyOf(away.api.post<{ id: string }>('/identity-providers', input), 201);
  const off = { ...input, name: 'Off', issuer: 'https://off.example', enabled: false };
  const disabled = await bodyOf(away.api.post<{ id: string }>('/identity-providers', off), 201);
  const list = async (query = '') => bodyOf(server.anybody.get(`${routes.openid.providers.path}${query}`));
  const own = { items: [{ id: provider.id, name: 'House' }] };
  assert.deepEqual(await list(), own);
  assert.deepEqual(await list(`?organization=${server.slug}`), own);
  assert.deepEqual(await list('?organization=away'), { items: [{ id: theirs.id, name: 'Away' }] });
  assert.deepEqual(await list('?organization=never-was'), { items: [] });
  for (const id of [disabled.id, '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60']) {
    const answer = await server.anybody.fetch(`/api/v1/auth/openid/${id}/start`, { redirect: 'manual' });
    assert.equal(answer.headers.get('location'), '/sign-in#openid=refused');
  }
});

test('the same account at the same provider opens nothing of another organization', async () => {
  const { server, idp } = pair;
  const apart = await server.organization('apart');
  const { issuer, clientId, clientSecret } = idp;
  const input = { name: 'Apart', issuer, clientId, clientSecret };
  const { errors } = await problemOf(apart.api.post('/identity-providers', input), 422);
  assert.match(errors[0]?.message ?? '', /on the machine that Muster runs on/);
  const there = { ...input, issuer: 'https://idp.example' };
  const { id } = await bodyOf(apart.api.post<{ id: string }>('/identity-providers', there), 201);
  await server.admin('update identity_providers set issuer = $1 where id = $2', [issuer, id]);
  const browser = createBrowser();
  const start = await browser.open(`${server.http}/api/v1/auth/openid/${id}/start?returnTo=/fleet`);
  const address = await idp.signIn(browser, start.headers.get('location') ?? '', 'ana');
  assert.equal(await pair.comeBack(browser, address), '/sign-in?to=%2Ffleet&organization=apart#openid=refused');
  assert.equal(await pair.whoIs(browser), undefined);
});

test('who is unknown and who is disabled are told the same; the audit trail says why', async () => {
  const { server, idp } = pair;
  const ben = await server.addPerson([{ role: 'viewer' }]);
  idp.accounts.set('ben', { email: `${ben.username}@example.com`, email_verified: true });
  await pair.configure({ linkByEmail: true });
  assert.equal(await pair.signIn('ben'), '/sign-in#openid=done');
  await pair.configure({ linkByEmail: false });
  const headers = { 'if-match': `"${ben.version}"` };
  await bodyOf(server.api.patch(`/users/${ben.id}`, { status: 'disabled' }, { headers }), 200);
  idp.accounts.set('nobody', { email: 'nobody@example.com', email_verified: true });
  const browser = createBrowser();
  assert.equal(await pair.signIn('ben', { browser }), '/sign-in#openid=refused');
  assert.equal(await pair.signIn('nobody'), '/sign-in#openid=refused');
  assert.equal(await pair.whoIs(browser), undefined);
  const [unknown, disabled] = await pair.audited('auth.refused');
  assert.deepEqual(unknown, { provider: 'House', why: 'unknown', subject: 'nobody' });
  assert.deepEqual(disabled, { provider: 'House', why: 'disabled', subject: 'ben', user: ben.id });
});

test('a second factor is asked for here, unless the provider had two or is trusted with it', async () => {
  const { server, idp } = pair;
  const eva = await server.addPerson([{ role: 'viewer' }]);
  idp.accounts.set('eva', { email: `${eva.username}@example.com`, email_verified: true });
  await pair.configure({ linkByEmail: true });
  assert.equal(await pair.signIn('eva'), '/sign-in#openid=done');
  await pair.configure({ linkByEmail: false });
  const password = { password: 'four tests before breakfast, then coffee' };
  const { secret } = await bodyOf(eva.api.post<{ secret: string }>('/auth/mfa/setup', password));
  const phone = createAuthenticator(secret);
  await bodyOf(eva.api.post('/auth/mfa/confirm', { code: phone.code(-1) }));

  const browser = createBrowser();
  const good = phone.code(0);
  const finish = (from = browser, code = good) =>
    from.call('POST', `${server.http}/api/v1/auth/openid/finish`, { code });
  assert.equal((await finish(createBrowser(), '000000')).status, 401, 'a code alone opens nothing');
  assert.equal(await pair.signIn('eva', { browser, returnTo: '/fleet' }), '/sign-in?to=%2Ffleet#openid=code');
  assert.equal(await pair.whoIs(browser), undefined, 'not in yet');
  const wrong = await finish(browser, '000000');
  assert.equal(wrong.status, 401);
  assert.deepEqual(((await wrong.json()) as { errors: { path: string }[] }).errors[0]?.path, '/code');
  const thief = browser.copy();
  assert.equal((await finish()).status, 200);
  assert.equal(await pair.whoIs(browser), eva.username);
  const [entry] = await pair.audited('auth.signed_in');
  assert.deepEqual([entry?.provider, entry?.factor], ['House', 'authenticator']);
  assert.equal((await finish(thief)).status, 401, 'a code is good once');

  await pair.configure({ trustsSecondFactor: true });
  assert.equal(await pair.signIn('eva'), '/sign-in#openid=done');
  await pair.configure({ trustsSecondFactor: false });
  const mfa = createBrowser();
  const location = new URL(await pair.start(mfa));
  const now = Math.floor(Date.now() / 1000);
  const token = await idp.sign({
    iss: idp.issuer.slice(0, -1),
    sub: 'eva',
    aud: idp.clientId,
    iat: now,
    exp: now + 60,
    nonce: location.searchParams.get('nonce'),
    amr: ['pwd', 'otp', 'mfa'],
  });
  idp.intercept = (request, response) => {
    if (request.url !== '/token') return false;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'x', token_type: 'Bearer', id_token: token }));
    return true;
  };
  const query = new URLSearchParams({
    code: 'c',
    state: location.searchParams.get('state') ?? '',
    iss: idp.issuer.slice(0, -1),
  });
  const end = await pair.comeBack(mfa, `${server.http}${CALLBACK}?${query}`);
  idp.intercept = undefined;
  assert.equal(end, '/sign-in#openid=code', 'its word on two factors counts where it is trusted');
});
