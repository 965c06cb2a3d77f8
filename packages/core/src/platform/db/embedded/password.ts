import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { conflict } from '../../errors.ts';
import type { Account } from './account.ts';
import type { Layout } from './layout.ts';

const BITS = 256;

/**
 * The administrative role's password. Before there is a database it is made and kept in `<directory>/password`, readable by its owner only.
 * @throws MusterError `conflict` when there is a database, but its password is lost.
 */
export async function keepPassword(layout: Layout, account: Account | undefined, exists: boolean): Promise<string> {
  const kept = existsSync(layout.password) ? readFileSync(layout.password, 'utf8').trim() : '';
  if (/^[0-9a-f]{64}$/.test(kept)) return kept;
  if (exists) {
    throw conflict(
      `${layout.password} is ${kept === '' ? 'missing or empty' : 'damaged'}, and the database opens to nobody without it. Restore it from a backup.`,
    );
  }
  const password = randomBytes(BITS / 8).toString('hex');
  const fresh = `${layout.password}.new`;
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(`${password}\n`);
    if (account) await file.chown(account.uid, account.gid);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, layout.password);
  return password;
}
