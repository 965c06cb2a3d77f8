import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Ports handed out to this process, so that two servers of one test never share one. */
const taken = new Set<number>();

/**
 * Finds free TCP ports on loopback outside of the range from which the system takes those of outgoing connections: a server that
 * is killed and started again finds its port free, whatever connected elsewhere meanwhile.
 */
export async function findPorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = 10_000 + Math.floor(Math.random() * (lowestOutgoing() - 10_000));
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    found.push(port);
  }
  return found;
}

function lowestOutgoing(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1'), 10);
  } catch {
    return 32_768;
  }
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port }, () => probe.close(() => resolve(true)));
  });
