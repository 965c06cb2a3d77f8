import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Role } from '@muster/contract/access';
import type { Installation } from '@muster/contract/system';
import type { Person } from '@muster/contract/users';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { TestPerson } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const makeRole = (name: string, more: object = {}) => bodyOf(server.api.post<Role>('/roles', { name, ...more }), 201);
const personOf = async ({ id }: TestPerson) => bodyOf(server.api.get<Person>(`/users/${id}`), 200);
const assign = async (person: TestPerson, roles: object[], by = server.api) =>
  by.put<Person>(`/users/${person.id}/roles`, { roles }, { version: (await personOf(person)).version });
const mayOf = async ({ api }: TestPerson) =>
  (await bodyOf(api.get<{ permissions: string[] }>('/auth/me'), 200)).permissions.toSorted();

test('a role gives its own permissions and those of its parents, and takes them back at once', async () => {
  const base = await makeRole('Base', { permissions: ['place:read'] });
  const role = await makeRole('Night shift', { parents: [base.id, 'viewer'], permissions: ['device:write'] });
  assert.deepEqual(role.effective.toSorted(), [
    'command:read',
    'device:read',
    'device:write',
    'organization:read',
    'place:read',
    'telemetry:read',
  ]);
  const person = await server.addPerson([{ role: role.id }]);
  assert.deepEqual(await mayOf(person), role.effective.toSorted());
  await bodyOf(person.api.post('/devices', { deviceId: 'by-night', type: 'generic' }), 201);
  const changed = await bodyOf(
    server.api.patch<Role>(`/roles/${role.id}`, { permissions: [] }, { version: role.version }),
    200,
  );
  assert.equal(changed.version, 2);
  await problemOf(person.api.post('/devices', { deviceId: 'later', type: 'generic' }), 403);
  await bodyOf(person.api.get('/devices/by-night'), 200);
  await problemOf(server.api.patch(`/roles/${role.id}`, { name: 'x' }, { version: 1 }), 412);
});

test('roles that come along are not changed, and no role is its own parent', async () => {
  await problemOf(server.api.patch('/roles/owner', { permissions: [] }, { version: 1 }), 409);
  await problemOf(server.api.delete('/roles/viewer'), 409);
  const one = await makeRole('One');
  const two = await makeRole('Two', { parents: [one.id] });
  await problemOf(server.api.patch(`/roles/${one.id}`, { parents: [two.id] }, { version: 1 }), 422);
  await problemOf(server.api.patch(`/roles/${one.id}`, { parents: [one.id] }, { version: 1 }), 422);
  await problemOf(server.api.post('/roles', { name: 'Three', parents: ['nobody'] }), 422);
  await problemOf(server.api.post('/roles', { name: 'Three', permissions: ['moon:walk'] }), 422);
  await problemOf(server.api.post('/roles', { name: 'oNe' }), 409);
});

test('only the organization that the installation was set up with looks into the installation', async () => {
  const away = await server.organization('elsewhere');
  assert.ok((await mayOf(await server.addPerson([{ role: 'administrator' }]))).includes('system:read'));
  for (const path of ['/installation', '/health', '/metrics']) await problemOf(away.api.get(path), 403);
  const { mqtt, http } = await bodyOf(server.api.get<Installation>('/installation'));
  assert.deepEqual(await bodyOf(away.api.get('/addresses')), { mqtt, http }, 'its devices connect there, too');
  await problemOf(server.anybody.get('/addresses'), 401);
  const role = await bodyOf(away.api.post<Role>('/roles', { name: 'Deputy', parents: ['owner'] }), 201);
  const deputy = await away.addPerson([{ role: role.id }]);
  assert.ok(!(await mayOf(deputy)).includes('system:read'));
});

test('a role that somebody holds, or another one is made of, stays', async () => {
  const role = await makeRole('Held');
  const child = await makeRole('Child', { parents: [role.id] });
  const person = await server.addPerson([{ role: role.id }]);
  await problemOf(server.api.delete(`/roles/${role.id}`), 409);
  await bodyOf(assign(person, []), 200);
  await problemOf(server.api.delete(`/roles/${role.id}`), 409);
  await bodyOf(server.api.delete(`/roles/${child.id}`), 204);
  await bodyOf(server.api.delete(`/roles/${role.id}`), 204);
  await problemOf(server.api.delete(`/roles/${role.id}`), 404);
});

test('nobody gives more than he may: no administrator makes an owner, changes one, or a role that is more than his', async () => {
  const administrator = await server.addPerson([{ role: 'administrator' }]);
  const person = await server.addPerson([{ role: 'viewer' }]);
  const owner = (await bodyOf(server.api.get<Person>('/auth/me'), 200)).id;
  await problemOf(assign(person, [{ role: 'owner' }], administrator.api), 403);
  await problemOf(assign(administrator, [{ role: 'owner' }], administrator.api), 403);
  await bodyOf(assign(person, [{ role: 'operator' }], administrator.api), 200);
  const { version } = await bodyOf(server.api.get<Person>(`/users/${owner}`), 200);
  await problemOf(administrator.api.patch(`/users/${owner}`, { status: 'disabled' }, { version }), 403);
  await problemOf(administrator.api.patch(`/users/${owner}`, { email: 'mine@example.com' }, { version }), 403);
  await problemOf(administrator.api.delete(`/users/${owner}`), 403);
  await problemOf(administrator.api.put(`/users/${owner}/roles`, { roles: [] }, { version }), 403);
  await problemOf(administrator.api.post('/roles', { name: 'Ladder', parents: ['owner'] }), 403);
  const users = await server.addPerson([
    { role: (await makeRole('People', { permissions: ['user:read', 'user:write'] })).id },
  ]);
  await problemOf(assign(person, [{ role: 'viewer' }], users.api), 403);
});

test('the last owner stays: not disabled, not deleted, not without his role, not even by two at once', async () => {
  const one = await bodyOf(server.api.get<Person>('/auth/me'), 200);
  const { version } = await bodyOf(server.api.get<Person>(`/users/${one.id}`), 200);
  await problemOf(server.api.patch(`/users/${one.id}`, { status: 'disabled' }, { version }), 409);
  await problemOf(server.api.delete(`/users/${one.id}`), 409);
  await problemOf(server.api.put(`/users/${one.id}/roles`, { roles: [] }, { version }), 409);
  const other = await server.addPerson([{ role: 'owner' }]);
  const answers = await Promise.all([other.api.delete(`/users/${one.id}`), server.api.delete(`/users/${other.id}`)]);
  const done = answers.filter(({ status }) => status === 204).length;
  assert.equal(done, 1, `of two owners one is left: ${answers.map(({ status }) => status).join()}`);
});
