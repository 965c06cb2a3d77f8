import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Role } from '@muster/contract/access';
import type { RouteDefinition } from '@muster/contract/route';
import { API_PREFIX, routes } from '@muster/contract/routes';
import { bodyOf } from '@muster/testkit/api';
import type { TestPerson } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { solutions } from './solutions.ts';

/** Route by route the roles that may call it, as it was decided: kept by hand, changed on purpose only. */
const FILE = join(import.meta.dirname, '../access-matrix.json');

let server: TestServer;
const people = new Map<string, TestPerson>();
before(async () => {
  server = await startTestServer({ solutions });
  const { items } = await bodyOf(server.api.get<{ items: Role[] }>('/roles'), 200);
  for (const { id } of items) people.set(id, await server.addPerson([{ role: id }]));
});
after(() => server.stop());

const all: RouteDefinition[] = Object.values(routes).flatMap((capability) => Object.values(capability));
const nameOf = ({ method, path }: RouteDefinition) => `${method} ${path}`;
const addressOf = ({ path }: RouteDefinition) =>
  API_PREFIX + path.replace(':deviceId', 'never-was').replace(':id', '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60');

test('every route may be called by the roles of the table and by nobody else', async () => {
  const found: Record<string, string> = {};
  let asked = 0;
  for (const route of all) {
    if (typeof route.access !== 'object' && route.access !== 'metrics') continue;
    const may: string[] = [];
    for (const [role, { api }] of people) {
      const response = await api.fetch(addressOf(route), {
        method: route.method,
        // an empty body is refused after the permission was looked at
        ...(route.body ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}),
      });
      assert.ok(response.status !== 401 && response.status < 500, `${nameOf(route)} as ${role}: ${response.status}`);
      if (response.status !== 403) may.push(role);
      await response.body?.cancel();
      asked++;
    }
    found[nameOf(route)] = may.join(' ');
  }
  if (process.env.MUSTER_UPDATE) await writeFile(FILE, `${JSON.stringify(found, null, 2)}\n`);
  assert.deepEqual(found, JSON.parse(await readFile(FILE, 'utf8')));
  assert.equal(asked, Object.keys(found).length * people.size);
  assert.ok(people.size >= 14 && asked > 500, `${asked} questions`);
});

test('every role of every solution is in the table, and what it is named for it may', async () => {
  const table = JSON.parse(await readFile(FILE, 'utf8')) as Record<string, string>;
  const named = new Set(Object.values(table).flatMap((roles) => roles.split(' ')));
  assert.deepEqual(
    [...people.keys()].filter((role) => !named.has(role)),
    [],
  );
  const { items } = await bodyOf(server.api.get<{ items: Role[] }>('/roles'), 200);
  const service = items.find(({ id }) => id === 'industrial.service')?.effective ?? [];
  assert.ok(service.includes('calibration:write') && service.includes('service:use'));
  assert.ok(
    !service.some((permission) => /^(?:test|report):/.test(permission)),
    'who calibrates neither tests nor reports',
  );
});
