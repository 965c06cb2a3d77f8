import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MusterError } from './errors.ts';

/**
 * Listens, and says of a taken port what to do about it.
 * @throws MusterError `conflict` naming the port, the variable and, where the system tells, who holds it
 */
export async function listen(
  variable: string,
  port: number,
  start: (port: number) => Promise<number>,
): Promise<number> {
  try {
    return await start(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      const holder = await holderOf(port);
      const who = holder ? ` by ${holder}` : '';
      throw new MusterError(
        'conflict',
        `Port ${port} is taken${who}. Set ${variable} to a free port, or end what holds it.`,
      );
    }
    if (code === 'EACCES') {
      throw new MusterError(
        'forbidden',
        `Port ${port} may not be used by this user. Set ${variable} to a port above 1023.`,
      );
    }
    throw error;
  }
}

/** Name and pid of the process that listens on a TCP port, as `ss` or `lsof` tell it. */
async function holderOf(port: number): Promise<string | undefined> {
  const run = promisify(execFile);
  const ss = await run('ss', ['-Hltnp', `sport = :${port}`]).catch(() => undefined);
  const fromSs = /users:\(\("([^"]+)",pid=(\d+)/.exec(ss?.stdout ?? '');
  if (fromSs) return `${fromSs[1]} (process ${fromSs[2]})`;
  const lsof = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']).catch(() => undefined);
  const fromLsof = /p(\d+)\nc(\S+)/.exec(lsof?.stdout ?? '');
  return fromLsof ? `${fromLsof[2]} (process ${fromLsof[1]})` : undefined;
}
