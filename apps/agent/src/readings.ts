import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os';

/** What this computer measures of itself: shares in percent, uptime in seconds. */
export async function readComputer(directory = '/'): Promise<Record<string, number>> {
  const { bavail, blocks } = await statfs(directory);
  const percent = (share: number) => Math.round(share * 1000) / 10;
  return {
    load: percent((loadavg()[0] as number) / cpus().length),
    memory: percent(1 - freemem() / totalmem()),
    disk: percent(blocks > 0 ? 1 - bavail / blocks : 0),
    uptime: Math.round(uptime()),
  };
}
