import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandSchema, diskCommands } from '../commands/disk-store.ts';
import { CommandInbox } from '../commands/inbox.ts';
import { memoryCommands } from '../commands/store.ts';
import { configurationSchema, diskConfiguration } from '../configuration/disk-store.ts';
import { HeldConfiguration } from '../configuration/held.ts';
import { type Configuration, memoryConfiguration } from '../configuration/store.ts';
import type { DeviceConnection } from '../connection.ts';
import { Database } from '../disk/database.ts';
import type { Message } from '../message.ts';
import type { DevicePlan } from './plan.ts';
import type { Answering, Run, SimulatedMessage } from './simulated-device.ts';

export interface AnsweringOptions {
  organization: string;
  deviceId: string;
  plan: DevicePlan;
  run: Run;
  now: () => number;
  /** Keeps commands and configuration over runs; absent: in memory. */
  directory: string | undefined;
  connection: () => DeviceConnection<SimulatedMessage>;
}

/** The key of a configuration that asks the fault `cut-off-by-configuration` to cut the device off. */
const CUT_OFF = 'cutOff';

/** A simulated device takes commands and configuration by the same parts as a real one; its faults happen on the way. */
export function answer(options: AnsweringOptions): Answering {
  const { organization, deviceId, plan, run, now, connection } = options;
  const stores = openStores(options);
  const say = (message: Message): Promise<void> => connection().say(message);
  const lost = new Set<string>();
  const commands = new CommandInbox({
    deviceId,
    store: stores.commands,
    say,
    now: () => ({ ts: now(), certain: true }),
    handlerOf: () => ({
      isIdempotent: true,
      async run(_params, { id, name }) {
        const slowMs = plan.slowMs();
        if (slowMs > 0) await pause(slowMs);
        const isLost = plan.losesResult();
        if (isLost) lost.add(id);
        run.figures.commands++;
        run.truth.command({ deviceId, organization, id, name, ...(isLost && { lost: true }) });
        return { simulated: true };
      },
    }),
    isTold: ({ id }) => !lost.has(id),
  });
  const configuration = new HeldConfiguration({
    deviceId,
    store: stores.configuration,
    initial: {},
    say,
    check: () => (plan.refuses ? 'this device refuses every configuration' : undefined),
    apply: (wanted: Configuration) => {
      if (!plan.isCutOff) return;
      if (wanted[CUT_OFF] === true) connection().unplug();
      else connection().plugIn();
    },
    confirmMs: plan.confirmMs,
    onSettled: (version, outcome) => run.truth.configuration({ deviceId, organization, version, outcome }),
  });
  return {
    commands,
    configuration,
    async stop() {
      void commands.stop();
      await configuration.stop();
      stores.close();
    },
  };
}

function openStores({ deviceId, directory }: AnsweringOptions) {
  if (directory === undefined)
    return { commands: memoryCommands(), configuration: memoryConfiguration(), close: () => undefined };
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, `${deviceId}.sqlite`);
  const database = new Database({ file, schema: commandSchema + configurationSchema });
  return {
    commands: diskCommands(database),
    configuration: diskConfiguration(database),
    close: () => database.close(),
  };
}

/** Does not keep a simulation that ends from ending. */
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
