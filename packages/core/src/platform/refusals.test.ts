import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { ENTRIES_PER_WINDOW } from './refusals.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

test('a flood of refusals gets some entries, and one that says how many more there were', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  const flood = ENTRIES_PER_WINDOW + 15;
  for (let call = 0; call < flood; call++) await problemOf(person.api.get('/roles'), 403);
  const written = await entriesOf(person.id);
  assert.equal(written.filter(({ action }) => action === 'access.refused').length, ENTRIES_PER_WINDOW);
  await server.restart();
  const [more] = (await entriesOf(person.id)).filter(({ action }) => action === 'access.refused_more');
  assert.deepEqual(more?.details, { count: 15 });
});

const entriesOf = (id: string) =>
  server.admin<{ action: string; details: unknown }>(
    `select action, details from audit_entries where actor_id = $1 and result = 'refused'`,
    [id],
  );
