import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Role } from '@muster/contract/access';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const MINUTE_S = 60;

/** Lets the store believe that a session was used so long ago. */
const age = (username: string, minutes: number) =>
  server.admin(
    `update sessions s set last_used_at = now() - $2 * interval '1 minute' from users u where u.id = s.user_id and u.username = $1`,
    [username, minutes],
  );

test('a session that nobody used for as long as its role allows is over', async () => {
  const person = await server.addPerson([{ role: 'operator' }]);
  await server.restart();
  await age(person.username, 29);
  await bodyOf(person.api.get('/devices'), 200);
  await until(async () => {
    const [row] = await server.admin<{ fresh: boolean }>(
      `select max(last_used_at) > now() - interval '1 minute' as fresh from sessions s join users u on u.id = s.user_id where u.username = $1`,
      [person.username],
    );
    return row?.fresh;
  }, 'its use is written down');
  await server.restart();
  await age(person.username, 31);
  await problemOf(person.api.get('/devices'), 401);
  const [entry] = await server.admin<{ entries: number }>(
    `select count(*)::int as entries from audit_entries where action = 'auth.session_rested'`,
  );
  assert.equal(entry?.entries, 1);
});

test('of several roles the shortest time counts, and an own role says its own', async () => {
  const role = await bodyOf(
    server.api.post<Role>('/roles', { name: 'Short rest', parents: ['viewer'], idleMinutes: 5 }),
    201,
  );
  const person = await server.addPerson([{ role: 'viewer' }, { role: role.id }]);
  await server.restart();
  await age(person.username, 6);
  await problemOf(person.api.get('/devices'), 401);
});

test('what a page asks by itself is no use: it says how long nobody touched it', async () => {
  const person = await server.addPerson([{ role: 'operator' }]);
  const ask = (idle: number) => person.api.get('/devices', { headers: { 'x-idle-seconds': String(idle) } });
  await bodyOf(ask(20 * MINUTE_S), 200);
  await server.restart();
  await age(person.username, 29);
  await bodyOf(ask(28 * MINUTE_S), 200);
  await server.restart();
  await age(person.username, 31);
  await problemOf(ask(0), 401);
});
