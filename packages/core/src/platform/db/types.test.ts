import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startOutsidePostgres } from '@muster/testkit/outside';
import { migrate } from './migrate.ts';
import { connectAlone } from './pool.ts';

const types = join(import.meta.dirname, 'types.ts');
/** Set it to write the types of the migrated database instead of comparing. */
const UPDATE = process.env.MUSTER_UPDATE === '1';

test('the types that the verbs are checked against are those of the migrated database (MUSTER_UPDATE=1 writes them)', async (t) => {
  const postgres = await startOutsidePostgres();
  t.after(() => postgres.stop());
  const url = await postgres.freshDatabase();
  const client = await connectAlone({ connection: url }, 'owner');
  await migrate(client);
  await client.end();
  const codegen = join(
    dirname(createRequire(import.meta.url).resolve('kysely-codegen/package.json')),
    'dist/cli/bin.js',
  );
  const args = ['--dialect', 'postgres', '--url', url, '--out-file', types, '--type-mapping', '{"int8":"number"}'];
  await promisify(execFile)(process.execPath, [codegen, ...args, ...(UPDATE ? [] : ['--verify'])]);
});
