import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RouteDefinition } from '@muster/contract/route';
import { routes } from '@muster/contract/routes';
import { type Api, bodyOf } from '@muster/testkit/api';
import type { TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { newId } from '../platform/uuid.ts';

let server: TestServer;
let away: TestOrganization;
/** Things of the other organization, by the beginning of the addresses that name them. */
let foreign: Record<string, string>;

before(async () => {
  server = await startTestServer({
    // nobody listens there: the letter of the invitation waits
    environment: { MUSTER_SMTP_URL: 'smtp://127.0.0.1:9', MUSTER_MAIL_FROM: 'muster@example.com' },
  });
  away = await server.organization('away');
  const idOf = async (path: string, body: object) => (await bodyOf(away.api.post<{ id: string }>(path, body), 201)).id;
  const person = await away.addPerson([{ role: 'viewer' }]);
  const { api } = await away.signIn();
  const sessions = await bodyOf(api.get<{ items: { id: string }[] }>('/auth/sessions'), 200);
  const key = { name: 'key', permissions: ['device:read'] };
  const passkey = '0193a5f0-7b1c-7d2e-8f3a-0000000000aa';
  await server.admin(
    `insert into passkeys (id, organization_id, user_id, credential_id, public_key, sign_count, transports, backed_up, name)
     select $1, organization_id, id, 'credential', '', 0, '{}', false, 'Phone' from users where username = $2`,
    [passkey, away.owner.username],
  );
  const idp = { name: 'IdP', issuer: 'https://idp.example', clientId: 'muster' };
  const provider = await idOf('/identity-providers', idp);
  const [link] = await server.admin<{ id: string }>(
    `insert into openid_links (id, organization_id, provider_id, user_id, issuer, subject)
     values ($1, $2, $3, $4, 'https://idp.example', 'sub') returning id`,
    [newId(), away.id, provider, person.id],
  );
  foreign = {
    '/organizations': away.id,
    '/places': await idOf('/places', { name: 'Site', kind: 'site' }),
    '/devices': (await away.createDevice({ deviceId: 'foreign' })).deviceId,
    '/users': person.id,
    '/roles': await idOf('/roles', { name: 'Role' }),
    '/api-keys': (await bodyOf(away.api.post<{ apiKey: { id: string } }>('/api-keys', key), 201)).apiKey.id,
    '/enrollment-tokens': (
      await bodyOf(away.api.post<{ enrollmentToken: { id: string } }>('/enrollment-tokens', { name: 'token' }), 201)
    ).enrollmentToken.id,
    '/command-batches': (
      await bodyOf(away.api.post<{ id: string }>('/command-batches', { name: 'x', deviceIds: ['foreign'] }), 201)
    ).id,
    '/auth/passkeys': passkey,
    '/invitations': await idOf('/invitations', { email: 'invited@example.com' }),
    '/identity-providers': provider,
    '/auth/openid/links': link?.id ?? '',
    '/auth/openid': provider,
    '/auth/sessions': sessions.items[0]?.id ?? '',
  };
});
after(() => server.stop());

const NEVER = '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60';
/** Something of it, where an address goes further. */
const BELOW = '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f61';
/** What a body must hold to be looked at at all. */
const bodies: Record<string, object> = {
  'PUT /users/:id/roles': { roles: [] },
  'POST /users/:id/password-reset': { way: 'password' },
  'PATCH /auth/passkeys/:id': { name: 'x' },
  'POST /devices/:deviceId/token': {},
  'POST /devices/:deviceId/commands': { name: 'x' },
  'POST /api-keys/:id/rotate': {},
};
const queries: Record<string, string> = {
  'GET /devices/:deviceId/telemetry': '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z',
  'GET /devices/:deviceId/telemetry/export': '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&format=csv',
};

const named: RouteDefinition[] = Object.values(routes)
  .flatMap((capability) => Object.values(capability) as RouteDefinition[])
  .filter(
    ({ path, access }) =>
      path.includes(':') && access !== 'device' && access !== 'public' && !path.startsWith('/device-types'),
  )
  // whoever owns the installation reaches every organization by this one, and nobody else another: see organizations.test.ts
  .filter(({ method, path }) => `${method} ${path}` !== 'PATCH /organizations/:id');

/** Status, headers and body of an answer, without what no two answers share. */
async function answerTo(api: Api, route: RouteDefinition, id: string): Promise<string> {
  const name = `${route.method} ${route.path}`;
  const path = route.path.replace(/:\w+/, id).replaceAll(/:\w+/g, BELOW) + (queries[name] ?? '');
  const body = bodies[name] ?? {};
  const response = await api.fetch(`/api/v1${path}`, {
    method: route.method,
    headers: {
      ...(route.body ? { 'content-type': 'application/json' } : {}),
      ...(route.versioned ? { 'if-match': '"1"' } : {}),
    },
    ...(route.body ? { body: JSON.stringify(body) } : {}),
  });
  const headers = [...response.headers].filter(([header]) => !['date', 'x-request-id'].includes(header));
  const text = (await response.text()).replaceAll(id, 'ID').replace(/"requestId":"[^"]+"/, '"requestId":"…"');
  return JSON.stringify([
    response.status,
    headers.map(([header, value]) => [header, header === 'content-length' ? '' : value]),
    text,
  ]);
}

test('what is another organization’s is as absent as what never was, on every route that names something, to the byte', async () => {
  let asked = 0;
  for (const route of named) {
    const beginning = Object.keys(foreign).find((start) => route.path.startsWith(`${start}/`));
    assert.ok(beginning, `${route.path} needs something foreign to be asked about`);
    const never = beginning === '/devices' ? 'never-was' : NEVER;
    const [there, absent] = [
      await answerTo(server.api, route, foreign[beginning] as string),
      await answerTo(server.api, route, never),
    ];
    assert.match(there, /^\[404,/, `${route.method} ${route.path}: ${there}`);
    assert.equal(there, absent, `${route.method} ${route.path}`);
    asked++;
  }
  assert.equal(asked, 49, 'a new route that names something is asked too');
});

test('names of the other organization are free here: nothing tells that they are taken there', async () => {
  await bodyOf(server.api.post('/devices', { deviceId: 'foreign', type: 'generic' }), 201);
  await bodyOf(server.api.post('/places', { name: 'Site', kind: 'site' }), 201);
  await bodyOf(server.api.post('/roles', { name: 'Role' }), 201);
  const person = {
    username: away.owner.username,
    email: `${away.owner.username}@example.com`,
    password: 'seven foxes on a roof',
  };
  await bodyOf(server.api.post('/users', person), 201);
});

test('what says whose it is is refused, wherever it stands', async () => {
  const smuggled: [path: string, body: object][] = [
    ['/devices', { deviceId: 'x', type: 'generic', organizationId: away.id }],
    ['/places', { name: 'X', kind: 'site', organization_id: away.id }],
    ['/users', { username: 'x', email: 'x@example.com', password: 'seven foxes on a roof', role: 'owner' }],
    ['/users', { username: 'x', email: 'x@example.com', password: 'seven foxes on a roof', organizationId: away.id }],
    ['/roles', { name: 'X', builtIn: true }],
    ['/enrollment-tokens', { name: 'X', organizationId: away.id }],
  ];
  for (const [path, body] of smuggled) {
    const { status, text } = await server.api.post(path, body);
    assert.equal(status, 422, `${path} answered ${status}: ${text}`);
    assert.match(text, /is not a known field/);
  }
});
