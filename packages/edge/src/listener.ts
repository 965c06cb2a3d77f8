import { deviceTopics } from '@muster/contract/mqtt';
import type { CommandInbox } from './commands/inbox.ts';
import type { HeldConfiguration } from './configuration/held.ts';
import type { Listener } from './connection.ts';

/** Brings what the server says to where it belongs. */
export function listenerOf(
  deviceId: string,
  heard: { commands?: CommandInbox | undefined; configuration?: HeldConfiguration | undefined },
): Listener {
  const command = deviceTopics.command(deviceId, '');
  const desired = deviceTopics.configurationDesired(deviceId);
  return {
    filters: [...(heard.commands ? [`${command}+`] : []), ...(heard.configuration ? [desired] : [])],
    hear(topic, payload) {
      if (topic === desired) heard.configuration?.take(payload);
      else if (topic.startsWith(command)) heard.commands?.take(topic.slice(command.length), payload);
    },
  };
}
