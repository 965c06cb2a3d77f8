import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import type { Person } from '@muster/contract/users';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { createBrowser } from '@muster/testkit/browser';
import { type Pair, startPair } from '@muster/testkit/openid';
import { PASSWORD } from '@muster/testkit/organization';

let pair: Pair;

before(async () => {
  pair = await startPair();
});
after(() => pair.stop());

const off = { linkByEmail: false, createPeople: false, role: null, mailDomains: [] };
beforeEach(async () => {
  await pair.configure(off);
  await pair.server.admin('delete from throttles');
});

const DONE = '/sign-in#openid=done';
const REFUSED = '/sign-in#openid=refused';
const lastWhy = async () => (await pair.audited('auth.refused'))[0]?.why;

const people = async (): Promise<Person[]> =>
  (await bodyOf(pair.server.api.get<{ items: Person[] }>('/users?limit=500'))).items;

test('a mail address links an account only where it is verified, and only where that is wanted', async () => {
  const { server, idp } = pair;
  const ana = await server.addPerson([{ role: 'viewer' }]);
  const email = `${ana.username}@example.com`;
  idp.accounts.set('ana', { email, email_verified: true });
  idp.accounts.set('mallory', { email, email_verified: false });
  idp.accounts.set('mute', {});
  assert.equal(await pair.signIn('ana'), REFUSED);
  await pair.configure({ linkByEmail: true });
  assert.equal(await pair.signIn('mallory'), REFUSED);
  assert.equal(await lastWhy(), 'email_not_verified');
  assert.equal(await pair.signIn('mute'), REFUSED);
  const browser = createBrowser();
  idp.accounts.set('ana', { email: email.toUpperCase(), email_verified: true });
  assert.equal(await pair.signIn('ana', { browser }), DONE);
  assert.equal(await pair.whoIs(browser), ana.username);
  const [linked] = await pair.audited('auth.openid_linked');
  assert.deepEqual(linked, { provider: 'House', subject: 'ana', by: 'email' });

  idp.accounts.set('mallory', { email, email_verified: true });
  assert.equal(await pair.signIn('mallory'), REFUSED, 'one account there is hers already');
  assert.equal(await lastWhy(), 'linked_otherwise');
  idp.accounts.set('kelvin', { email: email.replace('k', '\u212a').replace('o', '\uff4f'), email_verified: true });
  assert.equal(await pair.signIn('kelvin'), REFUSED, 'what only looks like her address is another one');
  assert.equal(await lastWhy(), 'email_not_verified');
  idp.accounts.set('ana', { email: 'elsewhere@example.com' });
  assert.equal(await pair.signIn('ana'), DONE, 'from now on her subject counts');
});

test('a provider links by mail nobody who may more than whoever configured it', async () => {
  const { server, idp } = pair;
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  const [owner] = (await people()).filter(({ username }) => username === server.owner.username);
  idp.accounts.set('the-owner', { email: owner?.email ?? '', email_verified: true });
  idp.accounts.set('colleague', { email: `${administrator.username}@example.com`, email_verified: true });
  const headers = { 'if-match': `"${pair.provider.version}"` };
  await bodyOf(administrator.api.patch(`/identity-providers/${pair.provider.id}`, { linkByEmail: true }, { headers }));
  pair.provider.version++;
  assert.equal(await pair.signIn('the-owner'), REFUSED);
  assert.equal(await lastWhy(), 'may_more');
  assert.equal(await pair.signIn('colleague'), DONE);
  await pair.configure({ linkByEmail: true });
  assert.equal(await pair.signIn('the-owner'), DONE, 'an owner has configured it');
});

test('whom a provider linked comes in as long as he may no more than its maker, and without its maker it links nobody', async () => {
  const { server, idp } = pair;
  const maker = await server.addPerson([{ role: 'administrator' }]);
  const [climber, late] = [await server.addPerson([{ role: 'viewer' }]), await server.addPerson([{ role: 'viewer' }])];
  const mailOf = (person: { username: string }) => ({ email: `${person.username}@example.com`, email_verified: true });
  idp.accounts.set('climber', mailOf(climber));
  idp.accounts.set('late', mailOf(late));
  const headers = () => ({ headers: { 'if-match': `"${pair.provider.version}"` } });
  const path = `/identity-providers/${pair.provider.id}`;
  await bodyOf(maker.api.patch(path, { linkByEmail: true }, headers()));
  pair.provider.version++;
  assert.equal(await pair.signIn('climber'), DONE);
  const promote = async (role: string) => {
    const { version } = await bodyOf(server.api.get<Person>(`/users/${climber.id}`), 200);
    const change = { headers: { 'if-match': `"${version}"` } };
    await bodyOf(server.api.put(`/users/${climber.id}/roles`, { roles: [{ role }] }, change), 200);
  };
  await promote('administrator');
  assert.equal(await pair.signIn('climber'), DONE);
  await promote('owner');
  assert.equal(await pair.signIn('climber'), REFUSED, 'no door makes an owner');
  assert.equal(await lastWhy(), 'may_more');
  await promote('viewer');
  await bodyOf(server.api.delete(`/users/${maker.id}`), 204);
  assert.equal(await pair.signIn('climber'), DONE, 'that its maker left keeps nobody out');
  assert.equal(await pair.signIn('late'), REFUSED);
  assert.equal(await lastWhy(), 'may_more');
});

test('a first password that somebody else gave is forgotten by whoever comes with the provider instead', async () => {
  const { server, idp } = pair;
  const first = { username: 'first', password: PASSWORD };
  await bodyOf(server.api.post('/users', { ...first, email: 'first@example.com', roles: [{ role: 'viewer' }] }), 201);
  idp.accounts.set('first', { email: 'first@example.com', email_verified: true });
  await pair.configure({ linkByEmail: true });
  const browser = createBrowser();
  assert.equal(await pair.signIn('first', { browser }), DONE);
  const answer = await browser.call('POST', `${server.http}/api/v1/auth/refresh`);
  const { user } = (await answer.json()) as Tokens;
  assert.deepEqual([user.mustChangePassword, user.permissions.length > 0], [false, true]);
  await problemOf(server.anybody.post('/auth/login', first), 401);
});

test('newcomers become people with the role that was chosen, or stay outside', async () => {
  const { server, idp } = pair;
  const zoe = { email: 'zoe@example.com', email_verified: true, name: 'Zoe Zielińska', preferred_username: 'zoe' };
  idp.accounts.set('zoe', zoe);
  assert.equal(await pair.signIn('zoe'), REFUSED);
  await pair.configure({ createPeople: true, role: 'viewer' });
  const browser = createBrowser();
  assert.equal(await pair.signIn('zoe', { browser }), DONE);
  assert.equal(await pair.whoIs(browser), 'zoe');
  const made = (await people()).find(({ username }) => username === 'zoe');
  assert.deepEqual(
    [made?.email, made?.name, made?.roles, made?.mustChangePassword],
    ['zoe@example.com', 'Zoe Zielińska', [{ role: 'viewer', placeId: null, deviceId: null }], false],
  );
  for (const password of ['', PASSWORD]) {
    const login = await server.anybody.post('/auth/login', { username: 'zoe', password });
    assert.ok([401, 422].includes(login.status), 'there is no password');
  }
  assert.equal(await pair.signIn('zoe'), DONE, 'nobody is made twice');
  assert.equal((await people()).filter(({ email }) => email === 'zoe@example.com').length, 1);

  idp.accounts.set('zoe-2', { ...zoe, email: 'other@example.com' });
  assert.equal(await pair.signIn('zoe-2'), DONE);
  assert.ok((await people()).some(({ username, email }) => username === 'zoe-2' && email === 'other@example.com'));
  idp.accounts.set('same-mail', zoe);
  assert.equal(await pair.signIn('same-mail'), REFUSED);
  assert.equal(await lastWhy(), 'email_taken');
  idp.accounts.set('unverified', { email: 'new@example.com', email_verified: false });
  assert.equal(await pair.signIn('unverified'), REFUSED);
  assert.equal(await lastWhy(), 'email_not_verified');
});

test('only mail addresses of the domains that were named are taken, and no other that looks like one', async () => {
  const { idp } = pair;
  await pair.configure({ createPeople: true, role: 'viewer', mailDomains: ['house.example'] });
  for (const [index, email] of [
    'a@evil.example',
    'a@house.example.evil.example',
    'a@sub.house.example',
    'a@house.example@evil.example',
  ].entries()) {
    idp.accounts.set(`wrong-${index}`, { email, email_verified: true });
    assert.equal(await pair.signIn(`wrong-${index}`), REFUSED, email);
  }
  idp.accounts.set('right', { email: 'right@HOUSE.example', email_verified: true });
  assert.equal(await pair.signIn('right'), DONE);
});

test('a role that is gone lets nobody in', async () => {
  const { server, idp } = pair;
  const role = await bodyOf(
    server.api.post<{ id: string }>('/roles', { name: 'Guest', permissions: ['device:read'] }),
    201,
  );
  await pair.configure({ createPeople: true, role: role.id });
  await bodyOf(server.api.delete(`/roles/${role.id}`), 204);
  idp.accounts.set('late', { email: 'late@example.com', email_verified: true });
  assert.equal(await pair.signIn('late'), REFUSED);
  assert.equal(await lastWhy(), 'role_gone');
  assert.ok(!(await people()).some(({ email }) => email === 'late@example.com'));
});

test('nobody configures a door that opens more than he may himself, and no door makes an owner', async () => {
  const { server } = pair;
  const { id } = await bodyOf(server.api.post<{ id: string }>('/roles', { name: 'Over all', parents: ['owner'] }), 201);
  const strong = await bodyOf(
    server.api.post<{ id: string }>('/roles', {
      name: 'Doors',
      permissions: ['identity-provider:write', 'identity-provider:read'],
    }),
    201,
  );
  const porter = await server.addPerson([{ role: strong.id }]);
  const clerk = await server.addPerson([{ role: strong.id }, { role: 'viewer' }]);
  const change = (api: typeof server.api, body: object) =>
    api.patch(`/identity-providers/${pair.provider.id}`, body, {
      headers: { 'if-match': `"${pair.provider.version}"` },
    });
  for (const role of ['owner', id]) await problemOf(change(server.api, { createPeople: true, role }), 422);
  await problemOf(change(server.api, { createPeople: true, role: null }), 422);
  await problemOf(change(server.api, { createPeople: true, role: 'never-was' }), 422);
  await problemOf(change(porter.api, { role: 'administrator' }), 403);
  await problemOf(change(clerk.api, { createPeople: true, role: 'viewer' }), 403);
  await problemOf(change(clerk.api, { linkByEmail: true }), 403);
  await pair.configure({ createPeople: true, role: 'administrator' });
  await problemOf(change(clerk.api, { clientId: 'mine' }), 403);
});
