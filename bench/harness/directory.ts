import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './clean-up.ts';

/** statfs(2): a file system in memory, where a commit costs nothing. */
const TMPFS = 0x01021994;

/** A directory that goes away with the bench, on a disk: figures of commits into memory would be worth nothing. */
export async function temporaryDirectory(): Promise<string> {
  const parent = (await statfs(tmpdir())).type === TMPFS ? '/var/tmp' : tmpdir();
  const directory = await mkdtemp(join(parent, 'muster-bench-'));
  // as root the database works as another user, who passes through here
  await chmod(directory, 0o755);
  atEnd(() => rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  return directory;
}
