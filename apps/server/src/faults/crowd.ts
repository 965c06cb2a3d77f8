import { connect } from 'node:net';
import type { DeviceCredential } from '@muster/edge/simulate/options';
import { generate } from 'mqtt-packet';
import { connectPacket } from './raw-client.ts';

/** Many devices that only stay connected: each comes back as soon as it may. */
export interface Crowd extends Disposable {
  /** Devices that are signed in now. */
  connected(): number;
  /** Sign-ins that failed or broke off so far. */
  failures(): number;
}

/** A device that was not let in, or lost its connection, waits so long at least, and at most twice that. */
const BACK_MS = 200;
const CONNACK_ACCEPTED = Buffer.from([0x20, 2, 0, 0]);

/** Opens all of them at once. */
export function startCrowd(port: number, devices: readonly DeviceCredential[]): Crowd {
  const sockets = new Set<{ destroy(): void }>();
  const timers = new Set<NodeJS.Timeout>();
  let connected = 0;
  let failures = 0;
  let ended = false;

  function open({ organization, deviceId, token }: DeviceCredential): void {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let signedIn = false;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('connect', () => socket.write(generate(connectPacket(`${organization}/${deviceId}`, token))));
    socket.on('data', (bytes) => {
      if (signedIn || !bytes.subarray(0, 4).equals(CONNACK_ACCEPTED)) return;
      signedIn = true;
      connected++;
    });
    socket.once('close', () => {
      sockets.delete(socket);
      if (signedIn) connected--;
      else failures++;
      if (ended) return;
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          open({ organization, deviceId, token });
        },
        BACK_MS * (1 + Math.random()),
      );
      timers.add(timer);
    });
  }

  for (const device of devices) open(device);
  return {
    connected: () => connected,
    failures: () => failures,
    [Symbol.dispose]() {
      ended = true;
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}
