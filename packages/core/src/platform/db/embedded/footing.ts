import { execFile, type SpawnOptions } from 'node:child_process';
import { promisify } from 'node:util';
import { MusterError } from '../../errors.ts';
import type { Account } from './account.ts';
import { type EmbeddedLog, OUTSIDE, saidBy } from './faults.ts';

/** As whom PostgreSQL's programs run, and with which capability; neither: as ourselves. */
export interface Footing {
  account: Account | undefined;
  capability: string | undefined;
}

/** What the programs said of themselves. */
export interface Programs {
  footing: Footing;
  /** Such as `18.4`. */
  version: string;
  /** Were they built with LZ4? */
  lz4: boolean;
}

const run = promisify(execFile);

/** Nothing of our environment reaches PostgreSQL: it may hold secrets, and PG* variables would change what it does. */
const env = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };

/** A command on that footing; for `spawn` and `execFile`. */
export function onFooting(footing: Footing, file: string, args: string[]): [string, string[], SpawnOptions] {
  const { account, capability } = footing;
  // our own working directory may be closed to the account
  const options = { cwd: '/', env };
  if (account === undefined) return [file, args, options];
  if (capability === undefined) return [file, args, { ...options, uid: account.uid, gid: account.gid }];
  const only = `-all,+${capability}`;
  const identity = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups', '--no-new-privs'];
  // PostgreSQL looks for its programs by access(2), which leaves capabilities out unless this bit is set
  identity.push('--securebits=+no_setuid_fixup');
  const rights = [`--inh-caps=${only}`, `--ambient-caps=${only}`, `--bounding-set=${only}`];
  return ['setpriv', [...identity, ...rights, '--', file, ...args], options];
}

/** Runs a command on that footing to its end. */
export async function runOn(footing: Footing, file: string, args: string[]): Promise<string> {
  const [program, words, options] = onFooting(footing, file, args);
  const { stdout } = await run(program, words, { ...options, encoding: 'utf8', maxBuffer: 1 << 20 } as object);
  return String(stdout);
}

// The last one refuses the value when it lacks LZ4, and has looked for its own files before.
const PROBE = `
cd "$1" && cd "$2" && "$3" --version || exit
answer=$("$3" -C wal_compression -c wal_compression=lz4 2>&1)
case $answer in
  *'invalid value for parameter'*) ;;
  *'executable path'*) echo "$answer" >&2; exit 1 ;;
  *) echo lz4 ;;
esac`;

/**
 * Finds the least footing on which the programs and the directories can be reached: a checkout below a closed directory,
 * such as /root, takes a capability. CAP_DAC_READ_SEARCH suffices; a container may have CAP_DAC_OVERRIDE only.
 * @throws MusterError `unavailable` when there is none, with advice.
 */
export async function findFooting(
  account: Account | undefined,
  postgres: string,
  directories: [string, string],
  log: EmbeddedLog,
): Promise<Programs> {
  let cause: unknown;
  for (const capability of account ? [undefined, 'dac_read_search', 'dac_override'] : [undefined]) {
    const footing = { account, capability };
    try {
      const answer = await runOn(footing, '/bin/sh', ['-c', PROBE, 'probe', ...directories, postgres]);
      const version = /PostgreSQL\) (\d+(?:\.\d+)*)/.exec(answer)?.[1];
      if (version === undefined) throw new MusterError('unavailable', `${postgres} does not tell its version.`);
      if (capability) tell(log, capability, account);
      return { footing, version, lz4: answer.includes('\nlz4\n') };
    } catch (error) {
      cause ??= error;
    }
  }
  throw unreachable(account, postgres, directories[0], cause);
}

function tell(log: EmbeddedLog, capability: string, account: Account | undefined): void {
  const fields = { capability, user: account?.name };
  const what = 'PostgreSQL gets a capability to reach its files below a closed directory';
  if (capability === 'dac_override') log.warn(fields, `${what}; a checkout and MUSTER_DATA_DIR elsewhere are safer`);
  else log.info(fields, what);
}

function unreachable(account: Account | undefined, postgres: string, directory: string, cause: unknown): MusterError {
  const said = saidBy(cause);
  if (account === undefined) {
    return new MusterError('unavailable', `PostgreSQL does not run on this system (${said}): ${OUTSIDE.slice(3)}.`, {
      cause,
    });
  }
  const detail =
    `PostgreSQL runs as the user ${account.name}, who cannot reach ${postgres} or ${directory} (${said}). ` +
    `Move the checkout out of the closed directory and set MUSTER_DATA_DIR, to /var/lib/muster for example, ${OUTSIDE}.`;
  return new MusterError('unavailable', detail, { cause });
}
