import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer } from '@muster/testkit/server';
import { solutions } from './solutions.ts';

const document = join(import.meta.dirname, '../../../docs/openapi.json');
/** Set it to write the description of the API instead of comparing. */
const UPDATE = process.env.MUSTER_UPDATE === '1';

test('docs/openapi.json describes the API as it is (MUSTER_UPDATE=1 writes it)', async (t) => {
  const server = await startTestServer({ solutions, version: '0' });
  t.after(() => server.stop());
  const response = await server.anybody.fetch('/api/v1/openapi.json');
  const described = await response.json();
  if (UPDATE) await writeFile(document, `${JSON.stringify(described, undefined, 1)}\n`);
  assert.deepEqual(described, JSON.parse(await readFile(document, 'utf8')));
});
