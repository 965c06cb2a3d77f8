import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RouteDefinition } from '@muster/contract/route';
import { API_PREFIX, routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { bodyOf, createApi } from '@muster/testkit/api';
import { openLive, openLiveWith } from '@muster/testkit/live';
import type { SignedIn, TestDevice } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { importJWK, type JWK, SignJWT } from 'jose';
import { openSecret } from '../platform/secret.ts';

/** A credential that opens nothing any more, or not this. */
interface Caller {
  who: string;
  token: string;
  /** Routes that it does open. */
  opens?: RouteDefinition['access'];
}

let server: TestServer;
let callers: Caller[];
let device: TestDevice;
let foreignDevice: TestDevice;

before(async () => {
  server = await startTestServer();
  device = await server.createDevice({ deviceId: 'bench' });
  const person = await server.signIn();
  const away = await server.organization('away');
  foreignDevice = await away.createDevice({ deviceId: 'bench' });
  const closed = await server.organization('closed');
  const closedKey = await keyOf(closed.api);
  const closedToken = (await closed.signIn()).accessToken;
  const closedDevice = await closed.createDevice();
  const revoked = await keyOf(server.api);
  await bodyOf(server.api.delete(`/api-keys/${revoked.apiKey.id}`), 204);
  const enrollment = await bodyOf(server.api.post<{ secret: string }>('/enrollment-tokens', { name: 'hall' }), 201);
  await bodyOf(server.api.patch(`/organizations/${closed.id}`, { status: 'disabled' }, { version: 1 }), 200);
  const forge = await forger(person);
  callers = [
    { who: 'an access token whose time is over', token: await forge({ expires: Math.floor(Date.now() / 1000) - 1 }) },
    { who: 'an access token for somebody else’s service', token: await forge({ audience: 'muster-device' }) },
    { who: 'an access token of another issuer', token: await forge({ issuer: 'https://muster.example' }) },
    { who: 'a refresh token', token: person.cookie.split('=')[1] as string },
    { who: 'a person who was disabled', token: await disabledPerson() },
    { who: 'a person of an organization that was disabled', token: closedToken },
    { who: 'a key of an organization that was disabled', token: closedKey.secret },
    { who: 'a device of an organization that was disabled', token: closedDevice.token },
    { who: 'a key that was revoked', token: revoked.secret },
    { who: 'an enrollment token', token: enrollment.secret, opens: 'enrollment' },
    { who: 'a device', token: device.token, opens: 'device' },
  ];
});
after(() => server.stop());

const apiOf = (token: string) =>
  createApi(
    () => server.http,
    () => token,
  );
const keyOf = (api: TestServer['api']) =>
  bodyOf(
    api.post<{ secret: string; apiKey: { id: string } }>('/api-keys', { name: 'key', permissions: ['device:read'] }),
    201,
  );

/** Signs with the installation's own key, as nobody outside of it can: only what the token says is wrong. */
async function forger({ accessToken }: SignedIn) {
  const [, payload = ''] = accessToken.split('.');
  const { sub, org, sid } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const secret = await openSecret(join(server.dataDir, 'secret'));
  const [row] = await server.admin<{ value: string }>(`select value from installation where name = 'signing-keys'`);
  const [stored] = JSON.parse(secret.unwrap('signing-keys', row?.value ?? '').toString()) as {
    kid: string;
    jwk: JWK;
  }[];
  const key = await importJWK(stored?.jwk as JWK, 'EdDSA');
  const sign = ({ audience = 'muster-api', issuer = 'muster', expires = '5m' as string | number } = {}) =>
    new SignJWT({ org, sid })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: stored?.kid as string })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key);
  const right = await sign();
  await bodyOf(apiOf(right).get('/auth/me'), 200);
  return sign;
}

/** He was an owner, and his session was open. */
async function disabledPerson(): Promise<string> {
  const { id, username } = await server.addPerson([{ role: 'owner' }]);
  const login = { username, password: `${server.owner.password}, then coffee`, organization: server.slug };
  const { accessToken } = await bodyOf(server.anybody.post<{ accessToken: string }>('/auth/login', login), 200);
  const { version } = await bodyOf(server.api.get<Person>(`/users/${id}`), 200);
  await bodyOf(server.api.patch(`/users/${id}`, { status: 'disabled' }, { version }), 200);
  return accessToken;
}

const all: RouteDefinition[] = Object.values(routes).flatMap((capability) => Object.values(capability));
const addressOf = ({ path }: RouteDefinition) =>
  `${API_PREFIX}${path.replace(':deviceId', 'bench').replace(':id', '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60')}` +
  // what a live route is asked for stands in its query, which is looked at first
  (path === '/live' ? '?ticket=nonsense' : path === '/events' ? '?topics=fleet' : '');

test('a credential that is over, or for something else, opens no route at all', async () => {
  let asked = 0;
  for (const { who, token, opens } of callers) {
    for (const route of all.filter(({ access }) => access !== 'public' && access !== opens)) {
      const response = await server.anybody.fetch(addressOf(route), {
        method: route.method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(route.body ? { 'content-type': 'application/json' } : {}),
          ...(route.versioned ? { 'if-match': '"1"' } : {}),
        },
        ...(route.body ? { body: '{}' } : {}),
      });
      const text = await response.text();
      assert.equal(response.status, 401, `${route.method} ${route.path} as ${who}: ${response.status} ${text}`);
      assert.ok(!text.includes(token), 'and is not said again');
      asked++;
    }
  }
  const closed = all.filter(({ access }) => access !== 'public').length;
  const opened = all.filter(({ access }) => access === 'enrollment' || access === 'device').length;
  assert.equal(asked, closed * callers.length - opened, 'a new route and a new caller are asked too');
});

test('none of them opens a live connection or gets a ticket for one', async () => {
  for (const { who, token } of callers) {
    await assert.rejects(openLiveWith(server.http, token), /refused/, who);
    await assert.rejects(openLive(server.http, apiOf(token)), /401/, who);
  }
});

test('none of them connects over MQTT in the name of a device, but the device itself', async () => {
  let refused = 0;
  for (const { who, token, opens } of callers) {
    if (opens === 'device') continue;
    await assert.rejects(server.connect({ ...device, token }), (error: { code?: number }) => {
      assert.ok(error.code === 4 || error.code === 5, `${who}: ${error.code}`);
      return true;
    });
    refused++;
  }
  assert.equal(refused, callers.length - 1);
  await assert.rejects(server.connect({ ...device, token: foreignDevice.token }), { code: 5 }, 'nor its namesake');
  await (await server.connect(device)).end();
});

/** Topics of MQTT with what a device may do: nothing but to speak on its own, and to hear its own commands and configuration. */
const topics: [topic: string, subscribe: boolean][] = [
  ['devices/bench/commands/1', true],
  ['devices/bench/commands/#', true],
  ['devices/bench/configuration/desired', true],
  ['devices/bench/telemetry', false],
  ['devices/bench/events', false],
  ['devices/bench/#', false],
  ['devices/+/commands/#', false],
  ['devices/other/commands/#', false],
  ['devices/other/telemetry', false],
  ['away/devices/bench/telemetry', false],
  ['away/bench/commands/#', false],
  ['$SYS/#', false],
  ['$share/all/devices/bench/commands/#', false],
  ['#', false],
  ['+/+/+', false],
];

test('a device subscribes to its own commands and configuration, and to nothing else', async () => {
  for (const [topic, may] of topics) {
    const client = await server.connect(device);
    const granted = await Promise.race([client.subscribe(topic), client.closed.then(() => 'closed')]);
    assert.equal(granted === 1, may, `${topic}: ${granted}`);
    await client.drop();
  }
});
