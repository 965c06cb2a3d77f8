import { appendFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Account, type Circumstances, describeAccount } from './account.ts';

/** Prints the account with the test's output, and adds it to the file of `MUSTER_FAULT_REPORT` as a line of JSON. */
export function reportAccount(t: TestContext, account: Account, circumstances: Circumstances): void {
  t.diagnostic(describeAccount(account, circumstances));
  const file = process.env.MUSTER_FAULT_REPORT;
  if (!file) return;
  const { lost, duplicates, unexpected, altered, ...figures } = account;
  const faults = {
    lost: lost.length,
    duplicates: duplicates.length,
    unexpected: unexpected.length,
    altered: altered.length,
  };
  const line = { test: t.name, at: new Date().toISOString(), ...figures, ...faults, ...circumstances };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
