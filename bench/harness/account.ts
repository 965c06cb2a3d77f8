import assert from 'node:assert/strict';
import { connectAlone } from '@muster/core/platform/db/pool';
import type { Client } from './client.ts';
import { until } from './clock.ts';
import type { BenchServer } from './server.ts';

/**
 * Holds what was acknowledged against what is stored, and the ledger against itself.
 * @throws AssertionError when a message is missing or there twice
 */
export async function checkAccount(
  { settings }: BenchServer,
  client: Client,
  { sent, acknowledged }: { sent: number; acknowledged: number },
): Promise<void> {
  assert.equal(acknowledged, sent, 'every message that was sent is acknowledged');
  const ledger = await until('an end of what is pending', 30_000, async () => {
    const now = await client.ledger();
    return now.pending === 0 ? now : undefined;
  });
  const rejected = Object.values(ledger.rejected).reduce((sum, count) => sum + count, 0);
  assert.equal(ledger.received, ledger.stored + ledger.duplicates + rejected, 'the ledger adds up');
  assert.equal(ledger.stored, acknowledged, 'every acknowledged message is in the ledger as stored');
  const database = await connectAlone(settings, 'owner');
  try {
    const { rows } = await database.query<{ count: number }>('select count(*) as count from telemetry');
    assert.equal(rows[0]?.count, acknowledged, 'every acknowledged message is one row');
  } finally {
    await database.end();
  }
}

/**
 * Asks the database, as ingest signs in, what an acknowledgement of it is worth.
 * @throws AssertionError when a commit does not reach the disk first
 */
export async function checkDurability({ settings }: BenchServer): Promise<string> {
  const database = await connectAlone(settings, 'muster_ingest');
  try {
    const { rows } = await database.query<{ commit: string; fsync: string; version: string }>(
      `select current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync,
         current_setting('server_version') as version`,
    );
    assert.deepEqual({ commit: rows[0]?.commit, fsync: rows[0]?.fsync }, { commit: 'on', fsync: 'on' });
    return rows[0]?.version as string;
  } finally {
    await database.end();
  }
}
