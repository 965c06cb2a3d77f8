import { createLog, startMuster } from '@muster/core';
import { settings, version, webRoot } from '../settings.ts';
import { solutions } from '../solutions.ts';
import { wishToStop } from '../wish-to-stop.ts';

// `muster start` with checkpoints in quick succession (argument: ms between two), so that kills meet them in every state.
const everyMs = Number(process.argv[2]);
const stop = wishToStop();
const config = settings();
const log = createLog(config.logLevel);
const muster = await startMuster({ config, solutions, log, version, webRoot });
const timer = setInterval(() => {
  muster.keeper.checkpoint().catch((err) => log.warn({ err }, 'a checkpoint failed'));
}, everyMs);
await stop;
clearInterval(timer);
await muster.stop();
setTimeout(() => process.exit(), 2000).unref();
