import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Something that whoever runs the agent has to put right; the message says what. */
export class AgentError extends Error {}

/** systemd gives a service its own; a person's is below the home. */
export const defaultDirectory =
  process.env.STATE_DIRECTORY ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'muster-agent');

/** Who this computer is, and where it reports to. */
export interface Identity {
  server: string;
  mqtt: string;
  organization: string;
  deviceId: string;
  /** Certificates of a local authority, PEM. */
  ca: string | null;
}

/** Makes the directory, for its user alone. */
export function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
}

/** Writes a file that only its user reads; whole or not at all. @param flush false: a power cut may take it */
export function writeOwn(directory: string, name: string, text: string, flush = true): void {
  const file = join(directory, name);
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

export function saveIdentity(directory: string, identity: Identity, token: string): void {
  // the token first: an identity without one would look enrolled
  writeOwn(directory, 'token', `${token}\n`);
  writeOwn(directory, 'identity.json', `${JSON.stringify(identity, null, 2)}\n`);
}

/** undefined: it is not enrolled. */
export function loadIdentity(directory: string): (Identity & { token: string }) | undefined {
  try {
    const identity: Identity = JSON.parse(readFileSync(join(directory, 'identity.json'), 'utf8'));
    return { ...identity, token: readFileSync(join(directory, 'token'), 'utf8').trim() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AgentError(`The identity in ${directory} can not be read: ${(error as Error).message}`);
  }
}
