import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import type { IdentityProvider, ProviderTest } from '@muster/contract/openid';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { CALLBACK, type Pair, startPair } from '@muster/testkit/openid';

let pair: Pair;

before(async () => {
  pair = await startPair();
});
after(() => pair.stop());

const PATH = '/identity-providers';
const input = {
  name: 'Keycloak',
  issuer: 'https://sso.example/realms/house',
  clientId: 'muster',
  clientSecret: 'a hidden one',
};

test('a provider is made, changed and deleted; its secret is never shown again, nor kept as it is', async () => {
  const { server } = pair;
  const made = await bodyOf(server.api.post<IdentityProvider>(PATH, input), 201);
  assert.deepEqual(
    { ...made, id: '', createdAt: '' },
    {
      id: '',
      name: 'Keycloak',
      issuer: 'https://sso.example/realms/house',
      clientId: 'muster',
      hasSecret: true,
      scopes: ['openid', 'profile', 'email'],
      enabled: true,
      linkByEmail: false,
      createPeople: false,
      role: null,
      mailDomains: [],
      trustsSecondFactor: false,
      redirectUri: `${server.http}${CALLBACK}`,
      createdAt: '',
      version: 1,
    },
  );
  const path = `${PATH}/${made.id}`;
  const headers = { 'if-match': '"1"' };
  const changed = await server.api.patch<IdentityProvider>(
    path,
    { name: 'SSO', clientSecret: 'another hidden one' },
    { headers },
  );
  assert.deepEqual([changed.body.name, changed.body.version, changed.headers.get('etag')], ['SSO', 2, '"2"']);
  await problemOf(server.api.patch(path, { name: 'Late' }, { headers }), 412);
  await problemOf(server.api.post(PATH, { ...input, name: 'Twice' }), 409);
  const { items } = await bodyOf(server.api.get<{ items: IdentityProvider[] }>(PATH));
  assert.deepEqual(
    items.map(({ name }) => name),
    ['House', 'SSO'],
  );

  const stored = await server.admin<{ row: string }>(
    `select row::text from identity_providers row union all select row::text from audit_entries row union all select row::text from idempotency_keys row`,
  );
  assert.ok(!stored.some(({ row }) => row.includes('hidden one')), 'it stands nowhere as it is');
  assert.ok(!server.log.join('').includes('hidden one'));
  await bodyOf(server.api.delete(path), 204);
  await problemOf(server.api.delete(path), 404);
  for (const action of ['created', 'updated', 'deleted']) {
    assert.equal((await pair.audited(`identity_provider.${action}`)).length, action === 'created' ? 2 : 1, action);
  }
});

test('who may not look is refused, and so is who may only look', async () => {
  const { server, provider } = pair;
  const reads = await bodyOf(
    server.api.post<{ id: string }>('/roles', { name: 'Reads', permissions: ['identity-provider:read'] }),
    201,
  );
  const [viewer, reader] = [await server.addPerson([{ role: 'viewer' }]), await server.addPerson([{ role: reads.id }])];
  await problemOf(viewer.api.get(PATH), 403);
  await bodyOf(reader.api.get(PATH), 200);
  await problemOf(reader.api.post(PATH, input), 403);
  await problemOf(reader.api.delete(`${PATH}/${provider.id}`), 403);
  await problemOf(reader.api.post(`${PATH}/${provider.id}/test`), 403);
});

test('an issuer is an https address and nothing more; http is for this machine', async () => {
  const { server } = pair;
  const wrong = [
    'http://sso.example',
    'ftp://sso.example',
    'https://user:word@sso.example',
    'https://sso.example/?a=b',
    'https://sso.example/#a',
    'http://127.0.0.1.evil.example',
    'http://169.254.169.254/latest',
    'https://',
  ];
  for (const issuer of wrong) await problemOf(server.api.post(PATH, { ...input, issuer }), 422);
});

async function ask(issuer: string): Promise<ProviderTest> {
  const { server } = pair;
  const { id } = await bodyOf(server.api.post<{ id: string }>(PATH, { ...input, issuer }), 201);
  const result = await bodyOf(server.api.post<ProviderTest>(`${PATH}/${id}/test`));
  await bodyOf(server.api.delete(`${PATH}/${id}`));
  return result;
}

test('the test says what was found', async () => {
  const { server, idp, provider } = pair;
  assert.deepEqual(await bodyOf(server.api.post(`${PATH}/${provider.id}/test`)), {
    fault: null,
    detail: null,
    found: {
      authorizationEndpoint: `${idp.issuer}auth`,
      tokenEndpoint: `${idp.issuer}token`,
      keys: 1,
      pkce: true,
      namesItself: true,
    },
  });
});

test('the test says what is wrong: nobody there, nowhere to call, another issuer, rubbish, a redirect, no keys', async () => {
  const { server, idp, provider } = pair;
  for (const [issuer, fault] of [
    ['http://127.0.0.1:9/', 'unreachable'],
    ['https://169.254.169.254/', 'address'],
    ['https://[fe80::1]/', 'address'],
    ['https://[::ffff:169.254.169.254]/', 'address'],
    ['https://0.0.0.0/', 'address'],
    [`http://localhost:${new URL(idp.issuer).port}/`, 'issuer'],
  ]) {
    assert.equal((await ask(issuer as string)).fault, fault, issuer);
  }
  const json = (body: object) => (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const issuer = idp.issuer.slice(0, -1);
  const usual = {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  };
  const answers: [string, (response: ServerResponse) => void][] = [
    ['answer', (response) => void response.writeHead(404).end()],
    ['answer', (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('rubbish')],
    ['redirect', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['answer', (response) => void response.writeHead(200).end('x'.repeat(300_000))],
    ['answer', json({ issuer })],
    ['answer', json({ ...usual, authorization_endpoint: 'javascript:alert(1)' })],
    ['keys', json({ ...usual, jwks_uri: undefined })],
    ['address', json({ ...usual, jwks_uri: 'http://169.254.169.254/latest/meta-data' })],
    ['address', json({ ...usual, jwks_uri: 'https://10.0.0.1/keys' })],
  ];
  for (const [fault, answer] of answers) {
    idp.intercept = (request, response) => {
      if (!request.url?.startsWith('/.well-known/')) return false;
      answer(response);
      return true;
    };
    const result = await bodyOf(server.api.post<ProviderTest>(`${PATH}/${provider.id}/test`));
    assert.deepEqual([result.fault, result.found], [fault, null], JSON.stringify(result));
    assert.ok(result.detail);
  }
  idp.intercept = undefined;
});
