import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import type { TestDevice } from '@muster/testkit/organization';
import { ledgerOf, storedMessages } from '@muster/testkit/reading';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { staysOpen, until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

interface Rotated {
  token: string;
  username: string;
  oldTokenEndsAt: string | null;
}

const rotate = (device: TestDevice, body: object = {}) =>
  bodyOf(server.api.post<Rotated>(`/devices/${device.deviceId}/token`, body), 201);
const heartbeat = async (token: string) => {
  const api = createApi(
    () => server.http,
    () => token,
  );
  return (await api.post('/device/heartbeat')).status;
};
const refused = { code: 5 };

test('a token is 256 random bits, shown once, and kept as a hash', async () => {
  const device = await server.createDevice();
  assert.match(device.token, /^md_[A-Za-z0-9_-]{43}$/);
  assert.equal(device.username, `${server.slug}/${device.deviceId}`);
  const { text } = await server.api.get(`/devices/${device.deviceId}`);
  assert.ok(!text.includes('md_'));
  const [row] = await server.admin<{ all: string }>(`select string_agg(t::text, '') as all from device_tokens t`);
  assert.ok(!row?.all.includes(device.token));
});

test('a new token ends the old one and its open connection at once', async () => {
  const device = await server.createDevice();
  const client = await server.connect(device);
  const { token, oldTokenEndsAt } = await rotate(device);
  await client.closed;
  assert.equal(oldTokenEndsAt, null);
  await assert.rejects(server.connect(device), refused);
  assert.equal(await heartbeat(device.token), 401);
  const again = await server.connect({ ...device, token });
  await again.telemetry({ values: { a: 1 } });
  assert.equal(await heartbeat(token), 204);
  await again.end();
});

test('within its grace the old token works, and its connection stays', async () => {
  const device = await server.createDevice();
  const client = await server.connect(device);
  const before = Date.now();
  const { token, oldTokenEndsAt } = await rotate(device, { grace: '24h' });
  const grace = Date.parse(oldTokenEndsAt ?? '') - before;
  assert.ok(grace >= 86_400_000 && grace < 86_400_000 + 60_000);
  assert.ok(await staysOpen(client.closed, 150));
  await client.telemetry({ values: { a: 1 } });
  assert.equal(await heartbeat(device.token), 204);
  assert.equal(await heartbeat(token), 204);
  const second = await server.connect({ ...device, token }, { clientId: 'second' });
  await Promise.all([client.end(), second.end()]);
});

test('when the grace is over, the old token and the connections that it opened end', async () => {
  const device = await server.createDevice();
  const before = await server.connect(device);
  const { token } = await rotate(device, { grace: '2s' });
  const during = await server.connect(device, { clientId: 'during' });
  const fresh = await server.connect({ ...device, token }, { clientId: 'fresh' });
  let ended = 0;
  for (const client of [before, during]) void client.closed.then(() => ended++);
  await until(() => ended === 2, 'both connections end');
  await assert.rejects(server.connect(device), refused);
  assert.equal(await heartbeat(device.token), 401);
  await fresh.telemetry({ values: { a: 1 } });
  await fresh.end();
});

test('a further rotation does not lengthen what an older token was given', async () => {
  const device = await server.createDevice();
  const first = await rotate(device, { grace: '10m' });
  const second = await rotate(device, { grace: '20m' });
  const ends = await server.admin<{ minutes: number }>(
    `select round(extract(epoch from t.expires_at - now()) / 60)::int as minutes from device_tokens t join devices d on d.number = t.device
     where d.device_id = $1 order by t.expires_at`,
    [device.deviceId],
  );
  assert.deepEqual(
    ends.map(({ minutes }) => minutes),
    [10, 20, null],
  );
  for (const token of [device.token, first.token, second.token]) assert.equal(await heartbeat(token), 204);
  const last = await rotate(device, { grace: '0s' });
  await until(async () => (await heartbeat(second.token)) === 401, 'the change is known');
  for (const token of [device.token, first.token]) assert.equal(await heartbeat(token), 401);
  assert.equal(await heartbeat(last.token), 204);
});

test('a grace is a number with its unit', async () => {
  const device = await server.createDevice();
  for (const grace of ['', '10', '1d', '-1s', '1.5h', 's', '10000000s', 5]) {
    await problemOf(server.api.post(`/devices/${device.deviceId}/token`, { grace }), 422);
  }
});

test('tokens of other devices, other organizations and nobody are refused', async () => {
  const [one, other] = [await server.createDevice(), await server.createDevice()];
  const away = await server.organization('away');
  const foreign = await away.createDevice({ deviceId: one.deviceId });
  for (const token of [other.token, foreign.token, `${one.token}x`, 'md_', '']) {
    await assert.rejects(server.connect({ ...one, token }), JSON.stringify(token));
  }
  for (const username of [
    one.deviceId,
    `/${one.deviceId}`,
    `${server.slug}/`,
    `${server.slug}/a/b`,
    `x/${one.deviceId}`,
    `${server.slug}/%`,
  ]) {
    await assert.rejects(server.connect({ ...one, username }), username);
  }
  await assert.rejects(server.connect({ ...foreign, username: one.username }), refused);
  await problemOf(away.api.post(`/devices/${other.deviceId}/token`, {}), 404);
});

test('a device that is deleted is cut off, and what it said is still accounted for', async () => {
  const device = await server.createDevice();
  const client = await server.connect(device);
  await client.telemetry({ values: { a: 1 } });
  const { stored } = await ledgerOf(server.api);
  await bodyOf(server.api.delete(`/devices/${device.deviceId}`), 204);
  await client.closed;
  await assert.rejects(server.connect(device), refused);
  assert.equal(await heartbeat(device.token), 401);
  await problemOf(server.api.get(`/devices/${device.deviceId}/latest`), 404);
  await problemOf(server.api.delete(`/devices/${device.deviceId}`), 404);
  assert.equal((await ledgerOf(server.api)).stored, stored);
});

test('a device made anew under an old name is another device: no token, no value and no number of the old one', async () => {
  const first = await server.createDevice({ deviceId: 'phoenix' });
  const message = { boot: 'b', seq: 1, values: { a: 1 } };
  await bodyOf(first.api.post('/device/telemetry', message));
  await bodyOf(server.api.delete('/devices/phoenix'), 204);
  const second = await server.createDevice({ deviceId: 'phoenix' });
  assert.equal(await heartbeat(first.token), 401);
  assert.deepEqual(await storedMessages(server.api, 'phoenix'), []);
  assert.deepEqual(await bodyOf(second.api.post('/device/telemetry', message)), { accepted: 1, duplicates: 0 });
  assert.equal((await storedMessages(server.api, 'phoenix')).length, 1);
});

test('a device goes on talking while the store that knows its token is restarted', async () => {
  const device = await server.createDevice();
  const client = await server.connect(device);
  await client.telemetry({ values: { a: 1 } });
  await server.admin(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'muster%' and pid <> pg_backend_pid()`,
  );
  await client.telemetry({ values: { a: 2 } });
  assert.equal((await storedMessages(server.api, device.deviceId)).length, 2);
  await client.end();
});

test('the first use of a token stands in the audit trail, and what a device was refused', async () => {
  const device = await server.createDevice({ deviceId: 'audited' });
  const entriesOf = async (action: string) =>
    (
      await server.admin<{ object: string; details: { why?: string; devices?: string[] } }>(
        'select object, details from audit_entries where action = $1 order by seq',
        [action],
      )
    ).filter(({ object, details }) => object === 'device:audited' || details.devices?.includes('audited'));
  for (let n = 0; n < 2; n++) await (await server.connect(device)).end();
  await bodyOf(device.api.post('/device/telemetry', { values: { a: 1 } }), 200);
  await server.restart();
  assert.equal((await entriesOf('device.credential_used')).length, 1, 'its first use is written down');
  const mqtt = await server.connect(device);
  await mqtt.publish('devices/another/telemetry', { values: { a: 1 } });
  assert.equal(await mqtt.subscribe('devices/#'), 128);
  await mqtt.end();
  await assert.rejects(server.connect({ ...device, token: 'md_wrong' }));
  const whys = await until(async () => {
    const refused = await entriesOf('device.refused');
    return refused.length === 3 ? refused.map(({ details }) => details.why).sort() : undefined;
  }, 'three refusals are written down');
  assert.deepEqual(whys, ['a wrong token', 'it published to devices/another/telemetry', 'it subscribed to devices/#']);
  await server.restart();
  assert.equal((await entriesOf('device.credential_used')).length, 1, 'later uses are not');
});
