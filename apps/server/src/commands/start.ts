import { type Config, createLog, type Muster, startMuster } from '@muster/core';
import { settings, version, webRoot } from '../settings.ts';
import { solutions } from '../solutions.ts';
import { wishToStop } from '../wish-to-stop.ts';

/** `muster start`: the server until it is told to stop. */
export async function start(): Promise<number> {
  const stop = wishToStop();
  const config = settings();
  const muster = await startServer(config);
  if (muster.setupToken !== undefined) {
    say(
      `\nMuster runs at ${muster.http}\nCreate the first organization here; the link holds the setup token:\n\n  ${muster.http}/setup#${muster.setupToken}\n`,
    );
  } else {
    say(`\nMuster runs at ${muster.http}, devices connect to ${muster.mqtt}\n`);
  }
  if (muster.certificate?.authority) {
    say(`Browsers and devices trust its certificate once they know ${config.dataDir}/tls/ca.pem\n`);
  }
  await stop;
  say('\nStopping: what is in flight is stored and acknowledged first.');
  await muster.stop();
  return 0;
}

const LOOK_MS = 10_000;
/** Of its time the event loop works no more than this share. */
const AT_REST = 0.05;
/** Of a heap of this size a collection takes a tenth of a second. */
const AT_REST_BYTES = 100 * 1024 * 1024;

/** The server, with the solutions of this installation. */
export async function startServer(config: Config): Promise<Muster> {
  const muster = await startMuster({ config, solutions, log: createLog(config.logLevel), version, webRoot });
  tidyUpAtRest();
  return muster;
}

/**
 * Compiled schemas, parsed files: without this they lie about for hours on a quiet machine. A busy one is not stopped for it: it
 * waits for the first ten seconds in which there is nothing to do.
 */
function tidyUpAtRest(): void {
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > AT_REST) return;
    clearInterval(timer);
    if (process.memoryUsage().heapUsed < AT_REST_BYTES) {
      globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    }
  }, LOOK_MS).unref();
}

/** For people; logs go to standard output, so this goes to standard error. */
export const say = (text: string) => process.stderr.write(`${text}\n`);
