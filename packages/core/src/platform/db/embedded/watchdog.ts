import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Cluster } from './cluster.ts';
import { onFooting } from './footing.ts';
import type { Layout } from './layout.ts';
import type { Postmaster } from './postmaster.ts';
import { startOf } from './processes.ts';

/** Stops PostgreSQL when this process is gone, however it went. */
export interface Watchdog {
  /** From now on this is the one to stop; undefined: none. */
  guard(postmaster: Postmaster | undefined): void;
  /** Ends it; it does nothing more. */
  stop(): Promise<void>;
}

// Each line of its input names the process to guard and when that was started, as `startOf` in processes.ts says it;
// the input ends when the server does. Its own number and start stand in the file $1.
const SCRIPT = `
trap '' INT TERM HUP QUIT
file=$1
start_of() {
  if [ -r /proc/self/stat ]; then
    { read -r line < "/proc/$1/stat"; } 2>/dev/null || return
    set -- \${line##*) }
    case $1 in Z|X) ;; *) echo "\${20}" ;; esac
  else
    set -- $(ps -o lstart= -p "$1")
    echo "$*"
  fi
}
same() { [ "$(start_of "$pid")" = "$started" ]; }
echo "$$ $(start_of $$)" > "$file"
pid=
while read -r a b; do pid=$a started=$b; done
[ -n "$pid" ] && same || exit 0
kill -INT "$pid"
n=0
while same && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
same && kill -QUIT "$pid"
exit 0
`;

const AGAIN_MS = 200;

/** Starts it as PostgreSQL's user, in a session of its own, so that what ends the server does not end it too. */
export function startWatchdog({ layout, footing, log }: Cluster): Watchdog {
  let guarded: Postmaster | undefined;
  let stopped = false;
  let child = begin();

  function begin(): ChildProcess {
    const [file, args, options] = onFooting(footing, '/bin/sh', ['-c', SCRIPT, 'muster-watchdog', layout.watchdog]);
    const next = spawn(file, args, { ...options, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    next.stdin?.on('error', () => undefined);
    next.once('error', (err) => again({ err }));
    next.once('exit', (code, signal) => again({ code, signal }));
    return next;
  }

  function again(reason: object): void {
    if (stopped) return;
    log.warn(reason, 'the watchdog of PostgreSQL ended; starting another');
    setTimeout(() => {
      if (stopped) return;
      child = begin();
      tell();
    }, AGAIN_MS).unref();
  }

  function tell(): void {
    child.stdin?.write(guarded ? `${guarded.pid} ${guarded.started}\n` : '\n');
  }

  return {
    guard(postmaster) {
      guarded = postmaster;
      tell();
    },
    async stop() {
      stopped = true;
      guarded = undefined;
      tell();
      const gone = new Promise((resolve) => child.once('close', resolve));
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.stdin?.end();
      await gone;
    },
  };
}

/** Is the watchdog of a killed server about to stop what that left? */
export function isWatched(layout: Layout): boolean {
  if (!existsSync(layout.watchdog)) return false;
  const [, pid, start] = /^(\d+) (.+)$/m.exec(readFileSync(layout.watchdog, 'utf8')) ?? [];
  return pid !== undefined && startOf(Number(pid)) === start;
}
