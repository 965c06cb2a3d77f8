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

/** The start is over, and so is the rush of those who waited for it. */
const SETTLED_MS = 10_000;
/** Of a heap of this size a collection takes a tenth of a second. */
const AT_REST_BYTES = 100 * 1024 * 1024;

/** The server, with the solutions of this installation. */
export async function startServer(config: Config): Promise<Muster> {
  const muster = await startMuster({ config, solutions, log: createLog(config.logLevel), version, webRoot });
  setTimeout(tidyUp, SETTLED_MS).unref();
  return muster;
}

/** Compiled schemas, parsed files: without this they lie about for hours on a quiet machine. A busy one is not stopped for it. */
function tidyUp(): void {
  if (process.memoryUsage().heapUsed > AT_REST_BYTES) return;
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** For people; logs go to standard output, so this goes to standard error. */
export const say = (text: string) => process.stderr.write(`${text}\n`);
