import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import { bodyOf, createApi, problemOf } from '@muster/testkit/api';
import { startTestServer } from '@muster/testkit/server';
import { startServerProcess } from '@muster/testkit/server-process';

const documents = ['/api/v1/openapi.json', '/api/docs/json', '/api/docs/yaml'];

test('a server for its own machine only describes its API to anybody', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  for (const path of [...documents, '/api/docs', '/api/docs/static/swagger-initializer.js'])
    assert.equal((await server.anybody.fetch(path)).status, 200, path);
});

test('one that others reach describes it to people and scripts that it knows', async () => {
  await using server = await startServerProcess({ env: { MUSTER_PUBLIC_URL: 'https://muster.example' } });
  const callAs = (token?: string) => createApi(() => server.http, token === undefined ? undefined : () => token);
  const stranger = callAs();
  const { accessToken } = await bodyOf(stranger.post<Tokens>('/auth/login', server.owner));
  const owner = callAs(accessToken);
  const wish = { name: 'reads', permissions: ['device:read'] };
  const { secret } = await bodyOf(owner.post<{ secret: string }>('/api-keys', wish), 201);
  await bodyOf(owner.post('/devices', { deviceId: 'd', type: 'generic' }), 201);
  const { token } = await bodyOf(owner.post<{ token: string }>('/devices/d/token', {}), 201);
  for (const path of documents) {
    for (const api of [stranger, callAs('nonsense'), callAs(token)]) {
      const response = await api.fetch(path);
      const text = await response.text();
      const { status, headers } = response;
      await problemOf({ call: path, status, headers, text, body: JSON.parse(text) }, 401);
      assert.doesNotMatch(text, /operation|\/devices/);
    }
    for (const api of [owner, callAs(secret)]) assert.equal((await api.fetch(path)).status, 200, path);
    assert.equal((await stranger.fetch(path, { method: 'HEAD' })).status, 401);
  }
  const page = await stranger.fetch('/api/docs');
  assert.equal(page.status, 200, 'the page is there: it asks for the description as whoever is signed in');
  assert.doesNotMatch(await page.text(), /\/devices/);
});
