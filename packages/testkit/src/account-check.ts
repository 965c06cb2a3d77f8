import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { TruthRecord } from '@muster/edge/simulate/read-truth';
import { type Account, assertSettled, type Circumstances, settle } from './account.ts';
import { latestFaults, ledgerFaults } from './account-derived.ts';
import { reportAccount } from './account-report.ts';
import { readStored, type StoredMessage } from './account-rows.ts';
import type { Api } from './api.ts';
import type { ServerProcess } from './server-process.ts';

/**
 * Compares what devices know with the store when all is quiet, prints the account, and asserts that it is right, that the ledger
 * agrees with the rows, and that the newest values are those of the newest rows.
 * @returns the account and all that is stored
 */
export async function checkAccount(
  t: TestContext,
  { server, api }: { server: ServerProcess; api: Api },
  truth: TruthRecord,
  circumstances: Circumstances,
): Promise<{ account: Account; rows: StoredMessage[] }> {
  const rows = await readStored(server);
  const account = settle(truth, rows);
  reportAccount(t, account, { peakBytes: server.peakMemory(), ...circumstances });
  assertSettled(account);
  const deviceIds = [...new Set([...truth.sent.values()].map(({ deviceId }) => deviceId))];
  assert.deepEqual(await ledgerFaults(api, rows, deviceIds), []);
  assert.deepEqual(await latestFaults(api, rows, deviceIds), []);
  return { account, rows };
}
