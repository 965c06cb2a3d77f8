import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Organization } from '@muster/contract/identity';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

test('the owner sees and changes the name and the retention of the own organization', async () => {
  const path = `/organizations/${server.id}`;
  const before = await bodyOf(server.api.get<Organization>(path));
  assert.deepEqual(before.retention, { rawDays: 90, minuteDays: 400, hourDays: 3653 });
  assert.equal(before.slug, server.slug);
  const change = { name: 'Nordhaven Works', retention: { rawDays: 30 } };
  const answer = await server.api.patch<Organization>(path, change, { version: before.version });
  assert.deepEqual(answer.body, {
    ...before,
    name: 'Nordhaven Works',
    retention: { rawDays: 30, minuteDays: 400, hourDays: 3653 },
    version: before.version + 1,
  });
  const [entry] = await server.admin<{ details: { before: Organization; after: Organization } }>(
    `select details from audit_entries where action = 'organization.updated'`,
  );
  assert.deepEqual([entry?.details.before.name, entry?.details.after.name], [before.name, 'Nordhaven Works']);
});

test('rollups are kept at least as long as what they are made of', async () => {
  const path = `/organizations/${server.id}`;
  const { version } = await bodyOf(server.api.get<Organization>(path));
  for (const retention of [{ rawDays: 401 }, { minuteDays: 29 }, { hourDays: 399 }]) {
    const problem = await problemOf(server.api.patch(path, { retention }, { version }), 422);
    assert.equal(problem.errors[0]?.path, '/retention');
  }
  for (const retention of [
    { rawDays: 0 },
    { rawDays: 1.5 },
    { rawDays: '30' },
    { hourDays: 3654 },
    { secondDays: 1 },
  ]) {
    await problemOf(server.api.patch(path, { retention }, { version }), 422);
  }
  await problemOf(server.api.patch(path, { name: 'x' }, { version: version - 1 }), 412);
});

test('another organization is not there', async () => {
  const away = await server.organization('away');
  await problemOf(server.api.get(`/organizations/${away.id}`), 404);
  await problemOf(away.api.get(`/organizations/${server.id}`), 404);
  await problemOf(away.api.patch(`/organizations/${server.id}`, { name: 'x' }, { version: 1 }), 404);
  assert.equal((await bodyOf(away.api.get<Organization>(`/organizations/${away.id}`))).name, 'away');
});
