import type { ConnectionState } from '@muster/edge/connection';
import { type DurableDevice, openDevice } from '@muster/edge/durable-device';
import { check, commandsOf, DEFAULT_INTERVAL_MS, intervalOf } from './behavior.ts';
import { createLog } from './log.ts';
import { createReader } from './readings.ts';
import { AgentError, loadIdentity, makeDirectory } from './state.ts';
import { writeStatus } from './status.ts';

const STATUS_MS = 10_000;
/** So many messages a second: a backlog of hours goes in minutes, and leaves room for other devices. */
const RATE = 200;
/** A connection that died unseen is found out within one and a half times that. */
const KEEPALIVE_SECONDS = 30;
/** systemd waits 30 s; what is not acknowledged by then stays on the disk. */
const LAST_WORDS_MS = 5000;

/**
 * Measures, sends, obeys, until it is told to end.
 *
 * @returns the exit code
 * @throws AgentError when this computer is not enrolled, or another agent runs on the same directory
 */
export async function runAgent(directory: string): Promise<number> {
  const identity = loadIdentity(directory);
  if (!identity) throw new AgentError(`This computer is not enrolled: there is nothing in ${directory}.`);
  makeDirectory(directory);
  const log = createLog();
  const read = createReader();
  let timer: NodeJS.Timeout | undefined;
  let state: ConnectionState = 'offline';
  let reason = '';

  const measure = async () => {
    try {
      device.telemetry(await read());
    } catch (error) {
      log.say(`could not measure: ${(error as Error).message}`);
    }
  };
  const note = () => writeStatus(directory, { state, reason, device });
  const device: DurableDevice = open(() =>
    openDevice({
      directory,
      url: identity.mqtt,
      server: identity.server,
      organization: identity.organization,
      deviceId: identity.deviceId,
      token: identity.token,
      rate: RATE,
      keepaliveSeconds: KEEPALIVE_SECONDS,
      ...(identity.ca !== null && { ca: identity.ca }),
      commands: commandsOf(log),
      configuration: {
        initial: { intervalMs: DEFAULT_INTERVAL_MS },
        check,
        apply(configuration) {
          clearInterval(timer);
          timer = setInterval(measure, intervalOf(configuration));
        },
        onSettled: (version, outcome, error) =>
          log.say(`configuration ${version} is ${outcome}${error ? `: ${error}` : ''}`),
      },
      onState(now, why) {
        const isNews = now !== state || why !== reason;
        state = now;
        reason = why;
        if (isNews && now !== 'connecting') log.say(`${now}${why ? `: ${why}` : ''}`);
        note();
      },
    }),
  );
  await device.start();
  await measure();
  note();
  const statuses = setInterval(note, STATUS_MS);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  clearInterval(timer);
  clearInterval(statuses);
  await device.stop(LAST_WORDS_MS);
  return 0;
}

function open(work: () => DurableDevice): DurableDevice {
  try {
    return work();
  } catch (error) {
    throw new AgentError(`The agent can not begin (does another one run?): ${(error as Error).message}`);
  }
}
