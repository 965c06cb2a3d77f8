import { once } from 'node:events';
import { deviceTopics } from '@muster/contract/mqtt';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';

/** A device as the server made it. */
export interface DeviceCredential {
  deviceId: string;
  /** `organizationSlug/deviceId` */
  username: string;
  token: string;
}

/** One MQTT connection of a device, without any cleverness of its own: it never connects again. */
export interface DeviceClient {
  readonly client: MqttClient;
  /** Resolves when the server acknowledged: QoS 1 with PUBACK, QoS 2 with PUBCOMP; QoS 0 when it was written. */
  publish(topic: string, payload: unknown, options?: { qos?: 0 | 1 | 2; retain?: boolean }): Promise<void>;
  /** A message, or an array of them, to the device's own topic at QoS 1. */
  telemetry(message: unknown): Promise<void>;
  /** The granted QoS; 128: refused. */
  subscribe(filter: string): Promise<number>;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  /** Says goodbye: no last will. */
  end(): Promise<void>;
  /** Breaks off as a pulled cable does: the last will speaks. */
  drop(): Promise<void>;
}

const quiet = () => undefined;

/** Connects as a device. @throws what the server answered (`code` 4 or 5: refused), or that it closed the connection */
export async function connectDevice(
  url: string,
  { deviceId, username, token }: DeviceCredential,
  options: IClientOptions = {},
): Promise<DeviceClient> {
  const client = connect(url, {
    username,
    password: token,
    clientId: username,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: 10_000,
    keepalive: 60,
    log: quiet,
    ...options,
  });
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('the server closed the connection')));
  });
  client.on('error', quiet);

  const publish: DeviceClient['publish'] = async (topic, payload, { qos = 1, retain = false } = {}) => {
    const raw = typeof payload === 'string' || Buffer.isBuffer(payload);
    const bytes = raw ? payload : JSON.stringify(payload);
    const acknowledged = client.publishAsync(topic, bytes, { qos, retain });
    // a connection that ends leaves what it had not answered without an answer
    const lost = closed.then(() => Promise.reject(new Error('the connection ended before the acknowledgement')));
    lost.catch(quiet);
    await Promise.race([acknowledged, lost]);
  };

  return {
    client,
    publish,
    closed,
    telemetry: (message) => publish(deviceTopics.telemetry(deviceId), message),
    async subscribe(filter) {
      const answer = new Promise<number>((resolve) => {
        client.on('packetreceive', function hear(packet) {
          if (packet.cmd !== 'suback') return;
          client.off('packetreceive', hear);
          resolve(Number(packet.granted[0]));
        });
      });
      client.subscribe(filter, { qos: 1 }, quiet);
      return answer;
    },
    async end() {
      if (client.connected) await client.endAsync();
      await closed;
    },
    async drop() {
      const gone = once(client.stream, 'close');
      client.stream.destroy();
      await gone;
    },
  };
}
