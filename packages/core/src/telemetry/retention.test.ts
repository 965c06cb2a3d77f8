import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Organization } from '@muster/contract/identity';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { TestDevice, TestOrganization } from '@muster/testkit/organization';
import { storedMessages } from '@muster/testkit/reading';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

const DAY_MS = 86_400_000;
const now = Date.now();
/** Days ago of which every device below has one message. */
const DAYS = [80, 70, 60, 50, 40, 30, 20, 10, 1, 0];

let server: TestServer;
let away: TestOrganization;
let own: TestDevice;
let foreign: TestDevice;

before(async () => {
  server = await startTestServer();
  away = await server.organization('away');
  own = await server.createDevice();
  foreign = await away.createDevice();
  for (const device of [own, foreign]) {
    const messages = DAYS.map((days) => ({ ts: now - days * DAY_MS, values: { days } }));
    await bodyOf(device.api.post('/device/telemetry', messages));
  }
  await server.muster.keeper.checkpoint();
  await server.muster.keeper.rollHours();
});
after(() => server.stop());

const partitions = async (organization: TestOrganization) => {
  const rows = await server.admin<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = (select 'telemetry_o' || number from organizations where slug = $1)::regclass order by 1`,
    [organization.slug],
  );
  return rows.map(({ name }) => name);
};

const days = async (organization: TestOrganization, device: TestDevice) =>
  (await storedMessages(organization.api, device.deviceId)).map(({ values }) => values.days);

async function keepRaw(organization: TestOrganization, rawDays: number): Promise<void> {
  const path = `/organizations/${organization.id}`;
  const { version } = await bodyOf(organization.api.get<Organization>(path));
  await bodyOf(organization.api.patch(path, { retention: { rawDays } }, { version }));
}

test('what everybody keeps is dropped nowhere', async () => {
  assert.deepEqual(await server.muster.keeper.dropExpired(Date.now()), []);
  assert.deepEqual(await days(server, own), DAYS);
});

test('an organization that keeps less loses whole days of its own, at most half of them at once', async () => {
  await keepRaw(server, 15);
  const before = await partitions(server);
  assert.equal(before.length, DAYS.length);
  const first = await server.muster.keeper.dropExpired(Date.now());
  assert.deepEqual(first, before.slice(0, 5), 'the oldest five of ten');
  assert.deepEqual(await days(server, own), DAYS.slice(5));
  const second = await server.muster.keeper.dropExpired(Date.now());
  assert.deepEqual(second, before.slice(5, 7));
  assert.deepEqual(await server.muster.keeper.dropExpired(Date.now()), []);
  assert.deepEqual(await days(server, own), [10, 1, 0]);
  assert.deepEqual(await days(away, foreign), DAYS, 'the other organization keeps all of its');
});

test('rollups outlive the values that they are made of', async () => {
  const query = { from: new Date(now - 90 * DAY_MS).toISOString(), to: new Date(now).toISOString(), points: 90 };
  const { series } = await bodyOf(
    server.api.get<{ series: { points: unknown[] }[] }>(`/devices/${own.deviceId}/telemetry`, { query }),
  );
  assert.ok((series[0]?.points.length ?? 0) >= DAYS.length - 1);
});

test('what is older than an organization keeps is not taken any more, and the other one’s is', async () => {
  const old = { ts: now - 20 * DAY_MS, values: { days: 20 } };
  const refused = () => problemOf(own.api.post('/device/telemetry', old), 422);
  const problem = await until(() => refused(), 'the new retention is known to ingest');
  assert.deepEqual(problem.errors, [{ path: '', message: 'timestamp_too_old' }]);
  await bodyOf(foreign.api.post('/device/telemetry', old));
});

test('a partition that is gone is made again when its time is sent again', async () => {
  await keepRaw(server, 60);
  const again = { ts: now - 40 * DAY_MS, values: { days: 40 } };
  await until(
    async () => (await own.api.post('/device/telemetry', again)).status === 200,
    'the longer retention is known',
  );
  assert.deepEqual(await days(server, own), [40, 10, 1, 0]);
});

test('a partition that somebody dropped by hand is made again, and no message is lost', async () => {
  const name = (await partitions(server)).at(-1);
  await server.admin(`drop table ${name}`);
  await bodyOf(own.api.post('/device/telemetry', { ts: now, values: { days: 0 } }));
  assert.deepEqual(await days(server, own), [40, 10, 1, 0]);
});

test('a clock that jumped ten years ahead costs half of the days, not all', async () => {
  const before = await partitions(away);
  const dropped = await server.muster.keeper.dropExpired(now + 3650 * DAY_MS);
  const after = await partitions(away);
  assert.equal(after.length, Math.ceil(before.length / 2));
  assert.ok(dropped.length > 0);
  assert.deepEqual(after, before.slice(-after.length), 'and the newest stay');
});

test('writers and readers go on while partitions are made and dropped', async () => {
  const client = await server.connect(own);
  let stored = 0;
  let dropping = true;
  const write = async () => {
    while (dropping) {
      await client.telemetry({ values: { days: 0 } });
      stored++;
    }
  };
  const drop = async () => {
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        [5, 6, 7, 8].map((days) =>
          bodyOf(own.api.post('/device/telemetry', { ts: now - days * DAY_MS, values: { days } })),
        ),
      );
      await server.muster.keeper.dropExpired(now + 57 * DAY_MS);
    }
    dropping = false;
  };
  const before = (await days(server, own)).filter((day) => day === 0).length;
  await Promise.all([write(), drop()]);
  await client.end();
  assert.equal((await days(server, own)).filter((day) => day === 0).length, before + stored);
});
