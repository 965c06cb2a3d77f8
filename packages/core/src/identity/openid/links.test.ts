import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OpenidLink } from '@muster/contract/openid';
import { type Browser, createBrowser } from '@muster/testkit/browser';
import { type Pair, startPair } from '@muster/testkit/openid';
import { PASSWORD, type TestPerson } from '@muster/testkit/organization';

const password = `${PASSWORD}, then coffee`;
let pair: Pair;
let ana: TestPerson;
let ben: TestPerson;

before(async () => {
  pair = await startPair();
  ana = await pair.server.addPerson([{ role: 'viewer' }]);
  ben = await pair.server.addPerson([{ role: 'viewer' }]);
  for (const subject of ['ana', 'ben']) pair.idp.accounts.set(subject, {});
});
after(() => pair.stop());

interface Links {
  items: OpenidLink[];
  others: { id: string; name: string }[];
  hasPassword: boolean;
}

interface Answer<T> {
  status: number;
  body: T;
}

/** A person at a browser: its cookies, and the token that the page holds. */
interface Seat {
  browser: Browser;
  get<T>(path: string): Promise<Answer<T>>;
  post<T>(path: string, body: object): Promise<Answer<T>>;
}

async function seat(browser: Browser, accessToken: string): Promise<Seat> {
  const call = async <T>(path: string, body?: object): Promise<Answer<T>> => {
    const answer = await browser.call(body ? 'POST' : 'GET', `${pair.server.http}/api/v1${path}`, body, accessToken);
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  };
  return { browser, get: (path) => call(path), post: call };
}

async function sitDown(username: string): Promise<Seat> {
  const { server } = pair;
  const browser = createBrowser();
  const login = { username, password, organization: server.slug };
  const answer = await browser.call('POST', `${server.http}/api/v1/auth/login`, login);
  return seat(browser, ((await answer.json()) as { accessToken: string }).accessToken);
}

const linkPath = () => `/auth/openid/${pair.provider.id}/link`;

/** Links an account of the provider. @returns where the browser is sent then */
async function link(at: Seat, subject: string, body: object = { password }): Promise<string> {
  const { status, body: answer } = await at.post<{ location: string }>(linkPath(), body);
  assert.equal(status, 200, JSON.stringify(answer));
  return pair.comeBack(at.browser, await pair.idp.signIn(at.browser, answer.location, subject));
}

const linksOf = async (at: Seat) => (await at.get<Links>('/auth/openid/links')).body;

test('a person links an account with the password, signs in with it, and unlinks it', async () => {
  const at = await sitDown(ana.username);
  assert.deepEqual(await linksOf(at), {
    items: [],
    others: [{ id: pair.provider.id, name: 'House' }],
    hasPassword: true,
  });
  for (const body of [{}, { password: 'not it, not at all' }])
    assert.equal((await at.post(linkPath(), body)).status, 422);
  assert.equal(await link(at, 'ana'), '/profile#openid=linked');
  const { items, others } = await linksOf(at);
  assert.deepEqual([items[0]?.provider.name, items[0]?.lastUsedAt, others], ['House', null, []]);
  const [audited] = await pair.audited('auth.openid_linked');
  assert.deepEqual(audited, { provider: 'House', subject: 'ana', by: 'person' });

  const browser = createBrowser();
  assert.equal(await pair.signIn('ana', { browser }), '/sign-in#openid=done');
  assert.equal(await pair.whoIs(browser), ana.username);
  assert.ok((await linksOf(at)).items[0]?.lastUsedAt);

  const path = `/auth/openid/links/${items[0]?.id}/remove`;
  assert.equal((await at.post(path, {})).status, 422);
  const other = await sitDown(ben.username);
  assert.equal((await other.post(path, { password })).status, 404, 'it is hers');
  assert.equal((await at.post(path, { password })).status, 204);
  assert.deepEqual((await pair.audited('auth.openid_unlinked'))[0], { provider: 'House' });
  assert.equal(await pair.signIn('ana'), '/sign-in#openid=refused');
});

test('an account is one person’s, and a person has one account at a provider', async () => {
  const [first, second] = [await sitDown(ana.username), await sitDown(ben.username)];
  assert.equal(await link(first, 'ana'), '/profile#openid=linked');
  assert.equal(await link(second, 'ana'), '/profile#openid=taken');
  assert.equal(await link(await sitDown(ben.username), 'ben'), '/profile#openid=linked');
  pair.idp.accounts.set('another', {});
  const again = await sitDown(ben.username);
  assert.equal(await link(again, 'another'), '/profile#openid=taken');
  assert.equal((await pair.audited('auth.openid_link_refused'))[0]?.why, 'linked_otherwise');
});

test('a session that ended meanwhile links nothing, and opens nothing', async () => {
  const eva = await pair.server.addPerson([{ role: 'viewer' }]);
  const at = await sitDown(eva.username);
  pair.idp.accounts.set('eva', {});
  const { body } = await at.post<{ location: string }>(linkPath(), { password });
  const address = await pair.idp.signIn(at.browser, body.location, 'eva');
  await at.post('/auth/logout-everywhere', {});
  assert.equal(await pair.comeBack(at.browser, address), '/profile#openid=expired');
  assert.equal(await pair.whoIs(at.browser), undefined);
});

test('the only way in is not taken away, and whoever has no password proves himself by a fresh sign-in', async () => {
  const { server, idp } = pair;
  await pair.configure({ createPeople: true, role: 'viewer' });
  idp.accounts.set('zoe', { email: 'zoe@example.com', email_verified: true });
  const browser = createBrowser();
  assert.equal(await pair.signIn('zoe', { browser }), '/sign-in#openid=done');
  const answer = await browser.call('POST', `${server.http}/api/v1/auth/refresh`);
  const at = await seat(browser, ((await answer.json()) as { accessToken: string }).accessToken);
  const { items, hasPassword } = await linksOf(at);
  assert.equal(hasPassword, false);
  const path = `/auth/openid/links/${items[0]?.id}/remove`;
  assert.equal((await at.post(path, {})).status, 409);
  await server.admin(`update sessions set created_at = created_at - interval '11 minutes'`);
  assert.equal((await at.post(path, {})).status, 422, 'it is no fresh sign-in any more');
  await pair.signIn('zoe', { browser });
  const fresh = await browser.call('POST', `${server.http}/api/v1/auth/refresh`);
  const again = await seat(browser, ((await fresh.json()) as { accessToken: string }).accessToken);
  const newPassword = 'seven foxes on a roof';
  assert.equal((await again.post('/auth/password/change', { newPassword })).status, 204, 'she chooses her first one');
  assert.equal((await again.post(path, {})).status, 422, 'which is asked for now');
  assert.equal((await again.post(path, { password: newPassword })).status, 204);
});

test('another organization’s provider links nobody', async () => {
  const away = await pair.server.organization('away');
  const theirs = { name: 'Away', issuer: 'https://idp.example', clientId: 'muster', clientSecret: 'x' };
  const { body } = await away.api.post<{ id: string }>('/identity-providers', theirs);
  // on this machine only the organization that runs it has one
  await pair.server.admin('update identity_providers set issuer = $1 where id = $2', [pair.idp.issuer, body.id]);
  const at = await sitDown(ana.username);
  assert.equal((await at.post(`/auth/openid/${body.id}/link`, { password })).status, 404);
});
