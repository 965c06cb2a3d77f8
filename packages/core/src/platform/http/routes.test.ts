import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { permissions } from '@muster/contract/permissions';
import type { RouteDefinition } from '@muster/contract/route';
import { API_PREFIX, routes } from '@muster/contract/routes';
import { problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const all: RouteDefinition[] = Object.values(routes).flatMap((capability) => Object.values(capability));
const nameOf = ({ method, path }: Pick<RouteDefinition, 'method' | 'path'>) => `${method} ${path}`;

/** The address of a route with something in its parameters. */
const addressOf = ({ path }: RouteDefinition) =>
  API_PREFIX + path.replace(':deviceId', 'd').replace(':id', '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60');

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { summary?: string; tags?: string[]; security?: unknown[] }>>;
}

const openApi = async () => (await (await server.anybody.fetch(`${API_PREFIX}/openapi.json`)).json()) as OpenApi;

test('every route of the contract is served once, and no other one below the prefix', async () => {
  const names = all.map(nameOf);
  assert.equal(new Set(names).size, names.length, 'no two are alike');
  const { openapi, paths } = await openApi();
  assert.equal(openapi, '3.1.0');
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  assert.deepEqual(served.sort(), names.sort());
  assert.equal(served.length, 129, 'how many there are: a new route belongs into this count');
});

test('every route says who may call it, and permissions are those of the list', () => {
  const words = ['public', 'user', 'caller', 'device', 'enrollment', 'ticket', 'metrics'];
  for (const route of all) {
    const { access } = route;
    const known = typeof access === 'string' ? words.includes(access) : access.permission in permissions;
    assert.ok(known, nameOf(route));
  }
  const open = all.filter(({ access }) => access === 'public').map(nameOf);
  assert.deepEqual(
    open.sort(),
    [
      'GET /auth/openid/:id/start',
      'GET /auth/openid/callback',
      'GET /auth/openid/providers',
      'GET /health/live',
      'GET /health/ready',
      'GET /setup',
      'POST /auth/login',
      'POST /auth/logout',
      'POST /auth/openid/finish',
      'POST /auth/passkeys/sign-in',
      'POST /auth/passkeys/sign-in/options',
      'POST /auth/password/forgot',
      'POST /auth/password/reset',
      'POST /auth/refresh',
      'POST /auth/verify-email',
      'POST /invitations/accept',
      'POST /invitations/look',
      'POST /setup',
    ],
    'what anybody may call stays short',
  );
});

test('without a credential, and with one that is none, every other route answers 401 before it looks at anything', async () => {
  let asked = 0;
  for (const route of all.filter(({ access }) => access !== 'public')) {
    for (const authorization of [undefined, 'Bearer nonsense', 'Basic b3duZXI6b3duZXI=', 'Bearer ']) {
      const response = await server.anybody.fetch(addressOf(route), {
        method: route.method,
        headers: {
          ...(authorization === undefined ? {} : { authorization }),
          ...(route.body ? { 'content-type': 'application/json' } : {}),
        },
        ...(route.body ? { body: '{"wrong":' } : {}),
      });
      // a live route is asked in its query, which comes before the credential
      const wanted = route.access === 'ticket' ? [400, 401] : [401];
      // of a device the body is bytes to the server, and is read before its credential
      assert.ok(wanted.includes(response.status), `${nameOf(route)} answered ${response.status} to ${authorization}`);
      asked++;
    }
  }
  assert.equal(asked, (all.length - 18) * 4);
});

test('a device’s token opens the routes of devices only, and a person’s token the others', async () => {
  const device = await server.createDevice({ deviceId: 'd' });
  for (const route of all) {
    const address = addressOf(route);
    if (route.access === 'device') {
      const response = await server.api.fetch(address, {
        method: route.method,
        ...(route.body ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}),
      });
      assert.equal(response.status, 401, nameOf(route));
    } else if (route.access !== 'public' && route.access !== 'ticket') {
      const response = await device.api.fetch(address, { method: route.method });
      assert.equal(response.status, 401, nameOf(route));
    }
  }
});

test('a person without a permission is refused on every route that asks for it', async () => {
  const person = await server.addPerson([]);
  let asked = 0;
  for (const route of all) {
    if (typeof route.access !== 'object' && route.access !== 'metrics') continue;
    const response = await person.api.fetch(addressOf(route), {
      method: route.method,
      ...(route.body ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}),
    });
    assert.equal(response.status, 403, nameOf(route));
    asked++;
  }
  assert.ok(asked > 20, `${asked} routes`);
});

test('the documentation is served, and the contract with it', async () => {
  const docs = await server.anybody.fetch('/api/docs');
  assert.equal(docs.status, 200);
  assert.match(await docs.text(), /swagger/i);
  await problemOf(server.anybody.get('/nowhere'), 404);
});
