import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { AuditEntry, AuditVerification } from '@muster/contract/audit';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { TestOrganization } from '@muster/testkit/organization';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';
import { checkpointFile } from './checkpoints.ts';

interface Page {
  items: AuditEntry[];
  nextCursor: string | null;
}

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const list = (query: Record<string, string | number> = {}, { api }: Pick<TestOrganization, 'api'> = server) =>
  bodyOf(api.get<Page>('/audit', { query }), 200);
const verify = ({ api }: Pick<TestOrganization, 'api'> = server) =>
  bodyOf(api.get<AuditVerification>('/audit/verify'), 200);
const makePlaces = (organization: TestOrganization, names: string[]) =>
  Promise.all(names.map((name) => bodyOf(organization.api.post('/places', { name, kind: 'site' }), 201)));

const formatOf = (path: string) => (path === '/audit' ? {} : { format: 'csv' });

test('fifty changes at once are a chain without a gap', async () => {
  await makePlaces(
    server,
    Array.from({ length: 50 }, (_, index) => `Site ${index}`),
  );
  await server.muster.checkpoints.take();
  const rows = await server.admin<{ seq: string }>(
    'select seq from audit_entries where organization_id = $1 order by seq',
    [server.id],
  );
  assert.deepEqual(
    rows.map(({ seq }) => Number(seq)),
    rows.map((_, index) => index + 1),
  );
  assert.ok(rows.length > 50);
  const report = await verify();
  assert.deepEqual([report.ok, report.problem, report.entries], [true, null, rows.length]);
  assert.ok(report.checkpoints >= 1 && report.head.seq === rows.length);
});

test('who did what is listed newest first, page by page, with what changed and where from', async () => {
  const place = await bodyOf(
    server.api.post<{ id: string }>(
      '/places',
      { name: 'Słoneczna', kind: 'site' },
      { headers: { 'user-agent': 'a test' } },
    ),
    201,
  );
  const [entry] = (await list({ object: `place:${place.id}` })).items;
  assert.equal(entry?.action, 'place.created');
  assert.equal(entry?.actor.name, 'owner');
  assert.equal(entry?.userAgent, 'a test');
  assert.equal(entry?.result, 'done');
  assert.match(entry?.address ?? '', /127\.0\.0\.1|::1/);
  assert.ok(JSON.stringify(entry?.details).includes('Słoneczna'));
  const seqs: number[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Page = await list({ limit: 7, action: 'place.', ...(cursor ? { cursor } : {}) });
    seqs.push(...page.items.map(({ seq }) => seq));
    cursor = page.nextCursor;
  }
  assert.equal(seqs.length, 51);
  assert.deepEqual(
    seqs,
    seqs.toSorted((one, other) => other - one),
  );
  assert.equal((await list({ text: 'słoneczna' })).items.length, 1);
  assert.equal((await list({ actor: 'OWN', action: 'auth.signed_in' })).items.length, 1);
  assert.equal((await list({ from: new Date(Date.now() + 60_000).toISOString() })).items.length, 0);
  assert.equal((await list({ to: '2020-01-01T00:00:00Z' })).items.length, 0);
  await problemOf(server.api.get('/audit', { query: { cursor: 'nonsense' } }), 400);
  for (const path of ['/audit', '/audit/export'])
    await problemOf(server.api.get(path, { query: { from: '2026-02-30T00:00:00+99:00', ...formatOf(path) } }), 400);
});

test('another organization sees its own entries only, and has a chain of its own', async () => {
  const away = await server.organization('away');
  await makePlaces(away, ['There']);
  const { items } = await list({}, away);
  assert.deepEqual(
    items.map(({ seq, action }) => [seq, action]),
    [
      [2, 'place.created'],
      [1, 'auth.signed_in'],
    ],
  );
  assert.equal((await list({ text: 'There' })).items.length, 0);
  assert.equal((await verify(away)).entries, 2);
});

test('what was refused to somebody known is written down, and who may not look is refused', async () => {
  const person = await server.addPerson([{ role: 'viewer' }]);
  await problemOf(person.api.get('/audit'), 403);
  await problemOf(person.api.get('/audit/verify'), 403);
  await problemOf(person.api.get('/audit/export', { query: { format: 'csv' } }), 403);
  const { items } = await list({ result: 'refused', actor: person.id });
  assert.deepEqual(
    items.map(({ action, object }) => [action, object]),
    [
      ['access.refused', 'GET /audit/export'],
      ['access.refused', 'GET /audit/verify'],
      ['access.refused', 'GET /audit'],
    ],
  );
  const wrong = { username: person.username, password: 'not it', organization: server.slug };
  await problemOf(server.anybody.post('/auth/login', wrong), 401);
  const refused = await until(async () => (await list({ action: 'auth.refused' })).items[0], 'it is written down');
  assert.deepEqual([refused.actor.id, refused.result], [person.id, 'refused']);
});

test('checkpoints stand beside the database too, readable for their owner only', async () => {
  const file = checkpointFile(server.dataDir);
  const before = (await readFile(file, 'utf8')).split('\n').length;
  await server.muster.checkpoints.take();
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  assert.ok(lines.length >= before);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const last = JSON.parse(lines.at(-1) ?? '');
  assert.deepEqual(Object.keys(last).sort(), ['at', 'hash', 'keyId', 'number', 'organizationId', 'seq', 'signature']);
});

test('the key and the chain survive a restart', async () => {
  const [before] = await server.admin<{ value: unknown }>(`select value from installation where name = 'audit-key'`);
  await server.restart();
  await server.muster.checkpoints.take();
  const [after] = await server.admin<{ value: unknown }>(`select value from installation where name = 'audit-key'`);
  assert.deepEqual(after, before);
  assert.equal((await verify()).ok, true);
});
