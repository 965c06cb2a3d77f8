import { describeConfig } from '@muster/core';
import { settings } from '../settings.ts';

/** `muster config`: the effective settings, secrets masked. */
export async function config(): Promise<number> {
  for (const [name, value] of Object.entries(describeConfig(settings()))) process.stdout.write(`${name}=${value}\n`);
  return 0;
}
