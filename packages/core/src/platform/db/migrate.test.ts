import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type OutsidePostgres, startOutsidePostgres } from '@muster/testkit/outside';
import { MusterError } from '../errors.ts';
import { migrate } from './migrate.ts';
import { connectAlone } from './pool.ts';

let postgres: OutsidePostgres;
before(async () => {
  postgres = await startOutsidePostgres();
});
after(() => postgres.stop());

const files = readdirSync(join(import.meta.dirname, '../../../migrations')).filter((name) => name.endsWith('.sql'));

async function open(url: string) {
  const client = await connectAlone({ connection: url }, 'owner');
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

test('ten servers that start at once apply every migration once', async () => {
  const url = await postgres.freshDatabase();
  const clients = await Promise.all(Array.from({ length: 10 }, () => open(url)));
  const applied = await Promise.all(clients.map(migrate));
  assert.deepEqual(applied.flat().sort(), files.toSorted());
  const { rows } = await (clients[0] as (typeof clients)[number]).query(
    'select name from schema_migrations order by name',
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    files.toSorted(),
  );
  await Promise.all(clients.map((client) => client.end()));
});

test('a database that is up to date is left alone', async () => {
  await using client = await open(await postgres.freshDatabase());
  assert.equal((await migrate(client)).length, files.length);
  assert.deepEqual(await migrate(client), []);
});

test('a second database of the same PostgreSQL shares the roles and nothing else', async () => {
  const urls = [await postgres.freshDatabase(), await postgres.freshDatabase()];
  for (const url of urls) {
    await using client = await open(url);
    assert.equal((await migrate(client)).length, files.length);
    const { rows } = await client.query('select count(*)::int as rows from organizations');
    assert.equal(rows[0].rows, 0);
  }
});

test('a migration that was changed after it ran is refused, and named', async () => {
  await using client = await open(await postgres.freshDatabase());
  await migrate(client);
  await client.query(`update schema_migrations set digest = repeat('0', 64) where name = $1`, [files[0]]);
  await assert.rejects(migrate(client), (error) => {
    assert.ok(error instanceof MusterError && error.code === 'conflict');
    assert.ok(error.message.includes(files[0] as string), error.message);
    return true;
  });
});

test('a database of a newer Muster is refused before anything is touched', async () => {
  await using client = await open(await postgres.freshDatabase());
  await migrate(client);
  await client.query(`insert into schema_migrations (name, digest) values ('9999_from_the_future.sql', 'x')`);
  await client.query(`delete from schema_migrations where name = $1`, [files.at(-1)]);
  await assert.rejects(migrate(client), { code: 'conflict', message: /newer Muster.*9999_from_the_future\.sql/ });
});

test('a migration that fails leaves the database as it was, and the next start tries again', async () => {
  await using client = await open(await postgres.freshDatabase());
  await client.query('create table devices (id int)');
  await assert.rejects(migrate(client), { code: 'unavailable', message: /0001_spine\.sql failed: .*devices/ });
  const { rows } = await client.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  assert.deepEqual(rows.map(({ relname }) => relname).sort(), ['devices', 'schema_migrations']);
  await client.query('drop table devices');
  assert.equal((await migrate(client)).length, files.length);
});

test('the lock is given back after a failure: the next server does not wait for ever', async () => {
  const url = await postgres.freshDatabase();
  await using one = await open(url);
  await using other = await open(url);
  await one.query('create table devices (id int)');
  await assert.rejects(migrate(one));
  await one.query('drop table devices');
  assert.equal((await migrate(other)).length, files.length);
});
