import { readFileSync } from 'node:fs';

/** Bytes of memory that a process holds now, and the most it ever held; zeros where there is no /proc, or no such process. */
export function memoryOf(pid: number): { now: number; peak: number } {
  let status = '';
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    // it ended
  }
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { now: kilobytes('VmRSS'), peak: kilobytes('VmHWM') };
}
