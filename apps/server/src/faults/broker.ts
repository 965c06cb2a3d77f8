import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BrokerNews, BrokerOrder } from './broker-process.ts';

export interface Broker extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly url: string;
  order(order: BrokerOrder): void;
  /** Everything that it told of this kind, by now. */
  told(kind: 'storing' | 'refused' | 'connected'): string[];
}

/** @param kind Muster's broker, or aedes with its defaults */
export async function startBroker(kind: 'muster' | 'aedes'): Promise<Broker> {
  const child = fork(fileURLToPath(import.meta.resolve('./broker-process.ts')), [kind], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('error', () => undefined);
  const told = { storing: [] as string[], refused: [] as string[], connected: [] as string[] };
  const started = Promise.withResolvers<number>();
  child.on('message', (news: BrokerNews) => {
    if ('port' in news) started.resolve(news.port);
    else if ('storing' in news) told.storing.push(news.storing);
    else if ('refused' in news) told.refused.push(news.refused);
    else told.connected.push(news.connected);
  });
  const ended = once(child, 'exit');
  ended.then(() => started.reject(new Error(`the broker ended: ${child.exitCode ?? child.signalCode}`)));
  const port = await started.promise;
  return {
    port,
    pid: child.pid as number,
    url: `mqtt://127.0.0.1:${port}`,
    order: (order) => void child.send(order),
    told: (kind) => told[kind],
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
