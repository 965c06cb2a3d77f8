import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Names this start of the device, the same for every process until the next one; where the system does not tell, this start of the process. */
export function readBootId(file = '/proc/sys/kernel/random/boot_id'): string {
  try {
    return readFileSync(file, 'ascii').trim().replaceAll('-', '');
  } catch {
    return randomBytes(16).toString('hex');
  }
}

/** ms since the device started, sleep included; it goes on evenly whatever happens to the wall clock. */
export const sinceBoot = (): number => Math.round(uptime() * 1000);
