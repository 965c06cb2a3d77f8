import { mayDeviceSubscribe, mqttLimits } from '@muster/contract/mqtt';
import type { Log } from '../platform/log.ts';
import type { BrokerConnection, BrokerHooks } from '../platform/mqtt/broker.ts';
import type { Channel, Refusal, Telemetry } from '../telemetry/index.ts';
import type { CredentialUse } from './credential-use.ts';
import type { Presence } from './presence.ts';
import { type FleetDevice, type Registry, tokenEndsAt, tokenOpens } from './registry.ts';

/** A device that signed in: what its connection may use. */
export interface DevicePrincipal {
  device: FleetDevice;
  channel: Channel;
  token: string;
  /** `devices/{deviceId}/`: it may say nothing outside of it. */
  prefix: string;
  /** What this connection listens to; undefined: nothing yet, as most connections of a large fleet. */
  rooms: Set<RoomName> | undefined;
}

type RoomName = 'commands' | 'configuration';

/** What a device talks about beside what it measures: a part of its topics, in both directions. */
export interface DeviceRoom {
  /**
   * What the device said below `devices/{deviceId}/{room}/`. A rejection ends its connections unanswered: it says it again.
   * @returns what is wrong with it; undefined: it is stored
   */
  said(device: FleetDevice, path: string, payload: Buffer): Promise<Refusal | undefined>;
  /** A connection of the device listens from now on. */
  listens(device: FleetDevice): void;
}

/** Which connections a device has open here. */
export interface DeviceConnections {
  hooks: BrokerHooks<DevicePrincipal>;
  /** Those of a device that listen. */
  listening(device: number, room: RoomName): BrokerConnection[];
  /** The device, where one of its connections listens here. */
  listener(device: number, room: RoomName): FleetDevice | undefined;
  /** Devices of an organization with a connection that listens. */
  listeners(organizationId: string, room: RoomName): FleetDevice[];
}

export interface ConnectionsOptions {
  registry: Registry;
  telemetry: Telemetry;
  presence: Presence;
  credentials: CredentialUse;
  rooms: Partial<Record<RoomName, DeviceRoom>>;
  log: Log;
}

/** Node's timers go no further: 24 days. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** What devices say over MQTT, brought to the verbs: sign-in, topics, presence. */
export function createDeviceConnections({
  registry,
  telemetry,
  presence,
  credentials,
  rooms,
  log,
}: ConnectionsOptions): DeviceConnections {
  /** Open connections by the device's number. */
  const open = new Map<number, Map<BrokerConnection, DevicePrincipal>>();

  registry.onChanged((number, deleted) => {
    if (deleted) telemetry.channels.close(number);
    for (const [connection, principal] of open.get(number) ?? []) void look(connection, principal);
  });

  /** Ends the connection unless its token still opens the device; looks again when the token's time is over. */
  async function look(connection: BrokerConnection, principal: DevicePrincipal): Promise<void> {
    const { organization, deviceId, number } = principal.device;
    const device = await registry.find(organization.slug, deviceId).catch(() => undefined);
    const holds = device?.number === number && tokenOpens(device, principal.token, Date.now());
    if (holds) lookAgain(connection, principal, device);
    else connection.close();
  }

  function lookAgain(connection: BrokerConnection, principal: DevicePrincipal, device: FleetDevice): void {
    const left = tokenEndsAt(device, principal.token) - Date.now();
    if (left === Infinity) return;
    const isOpen = () => open.get(device.number)?.has(connection);
    setTimeout(() => isOpen() && look(connection, principal), Math.min(left + 1, LONGEST_TIMER_MS)).unref();
  }

  const hooks: BrokerHooks<DevicePrincipal> = {
    async authenticate({ username, password, address }) {
      const [slug = '', deviceId = '', ...rest] = username.split('/');
      const device = rest.length > 0 ? undefined : await registry.find(slug, deviceId);
      if (!device || !tokenOpens(device, password, Date.now())) {
        log.info({ username: username.slice(0, 130), address }, 'a device was refused: unknown, or a wrong token');
        if (device) credentials.refused(device, 'a wrong token', address);
        return undefined;
      }
      const channel = await telemetry.channels.open(device);
      credentials.used(device, password);
      return { device, channel, token: password, prefix: `devices/${device.deviceId}/`, rooms: undefined };
    },
    publish(principal, { topic, payload }, done) {
      const { channel, prefix } = principal;
      const { ingest } = telemetry;
      if (topic.length > mqttLimits.topicBytes) {
        return ingest.refuse(channel, { reason: 'too_large', detail: 'The topic is too long.' }, '', payload, done);
      }
      if (!topic.startsWith(prefix)) {
        const detail = `A device may publish below ${prefix} only.`;
        credentials.refused(principal.device, `it published to ${topic.slice(0, 300)}`);
        return ingest.refuse(channel, { reason: 'not_authorized', detail }, topic, payload, done);
      }
      const room = topic.slice(prefix.length);
      if (room === 'status') return publishStatus(channel, payload, topic, done);
      presence.heard(channel);
      if (room === 'telemetry') return ingest.publish(channel, payload, topic, done);
      if (room.startsWith('telemetry/')) return ingest.publishMetric(channel, room.slice(10), payload, topic, done);
      if (room === 'events') return ingest.publishEvent(channel, payload, topic, done);
      const [name, path] = splitRoom(room);
      const own = rooms[name as RoomName];
      if (own) return publishTo(own, principal, path, { topic, payload }, done);
      const detail = 'A device publishes telemetry, telemetry/{metric}, events, status and results of commands.';
      return ingest.refuse(channel, { reason: 'unknown_topic', detail }, topic, payload, done);
    },
    maySubscribe({ device }, filter) {
      const may = mayDeviceSubscribe(device.deviceId, filter);
      if (!may) credentials.refused(device, `it subscribed to ${filter.slice(0, 300)}`);
      return may;
    },
    subscribed(principal, _, filter) {
      const name = roomOf(principal, filter);
      if (!name) return;
      principal.rooms ??= new Set();
      principal.rooms.add(name);
      rooms[name]?.listens(principal.device);
    },
    unsubscribed(principal, _, filter) {
      const name = roomOf(principal, filter);
      if (name) principal.rooms?.delete(name);
    },
    connected(principal, connection) {
      const { number } = principal.device;
      let connections = open.get(number);
      if (!connections) {
        connections = new Map();
        open.set(number, connections);
      }
      connections.set(connection, principal);
      lookAgain(connection, principal, principal.device);
      presence.connected(principal.channel);
    },
    disconnected(principal, connection, orderly) {
      const connections = open.get(principal.device.number);
      if (!connections?.delete(connection)) return;
      if (connections.size === 0) open.delete(principal.device.number);
      presence.disconnected(principal.channel, orderly);
    },
    // its topic was not read either
    refusedPacket: ({ channel }, why) =>
      telemetry.ingest.refuse(
        channel,
        { reason: 'too_large', detail: `Refused: ${why}.` },
        '',
        Buffer.alloc(0),
        () => undefined,
      ),
    refused: (why, address) => log.info({ address }, `the broker refused: ${why}`),
  };

  function publishStatus(channel: Channel, payload: Buffer, topic: string, done: () => void): void {
    const word = payload.toString('utf8');
    if (word !== 'online' && word !== 'offline') {
      const detail = 'A status is online or offline.';
      return telemetry.ingest.refuse(channel, { reason: 'invalid_status', detail }, topic, payload, done);
    }
    presence.said(channel, word, done);
  }

  function publishTo(
    room: DeviceRoom,
    { device, channel }: DevicePrincipal,
    path: string,
    { topic, payload }: { topic: string; payload: Buffer },
    done: () => void,
  ): void {
    room.said(device, path, payload).then(
      (refusal) => (refusal ? telemetry.ingest.refuse(channel, refusal, topic, payload, done) : done()),
      (error) => {
        log.warn({ err: error, topic }, 'what a device said could not be stored: it is not acknowledged');
        for (const connection of open.get(device.number)?.keys() ?? []) connection.close();
      },
    );
  }

  return {
    hooks,
    listening: (device, room) =>
      [...(open.get(device) ?? [])].filter(([, { rooms }]) => rooms?.has(room)).map(([connection]) => connection),
    listener(device, room) {
      for (const principal of open.get(device)?.values() ?? []) if (principal.rooms?.has(room)) return principal.device;
      return undefined;
    },
    listeners(organizationId, room) {
      const found: FleetDevice[] = [];
      for (const connections of open.values()) {
        for (const { device, rooms } of connections.values()) {
          if (device.organization.id !== organizationId || !rooms?.has(room)) continue;
          found.push(device);
          break;
        }
      }
      return found;
    },
  };
}

/** `commands/…` apart. */
function splitRoom(room: string): [name: string, path: string] {
  const slash = room.indexOf('/');
  return slash < 0 ? [room, ''] : [room.slice(0, slash), room.slice(slash + 1)];
}

/** Which room a filter listens to as a whole; one that names a single topic of it hears nothing. */
function roomOf({ prefix }: DevicePrincipal, filter: string): RoomName | undefined {
  const room = filter.slice(prefix.length);
  if (room === 'commands/#' || room === 'commands/+') return 'commands';
  return room === 'configuration/#' || room === 'configuration/desired' ? 'configuration' : undefined;
}
