import { readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem, uptime } from 'node:os';

const percent = (share: number) => Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;

/**
 * Measures this computer: shares in percent, the temperature in °C where it has a sensor, uptime in seconds. The load
 * of the processors is that since the reading before.
 */
export function createReader(directory = '/'): () => Promise<Record<string, number>> {
  let before = { busy: 0, all: 0 };
  return async () => {
    const now = processorTime();
    const all = now.all - before.all;
    const cpu = all > 0 ? (now.busy - before.busy) / all : 0;
    before = now;
    const { bavail, blocks } = await statfs(directory);
    const temperature = await readTemperature();
    return {
      cpu: percent(cpu),
      memory: percent(1 - (await availableMemory()) / totalmem()),
      disk: percent(blocks > 0 ? 1 - bavail / blocks : 0),
      ...(temperature !== undefined && { temperature }),
      uptime: Math.round(uptime()),
    };
  };
}

function processorTime(): { busy: number; all: number } {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}

/** Bytes that programs could still have: the kernel gives its caches back. */
async function availableMemory(): Promise<number> {
  try {
    const [, kilobytes] = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'ascii')) ?? [];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}

async function readTemperature(): Promise<number | undefined> {
  try {
    const thousandths = Number(await readFile('/sys/class/thermal/thermal_zone0/temp', 'ascii'));
    return Number.isFinite(thousandths) ? Math.round(thousandths / 100) / 10 : undefined;
  } catch {
    return undefined;
  }
}
