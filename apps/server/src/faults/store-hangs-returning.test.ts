import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '@muster/contract/telemetry';
import { type Api, bodyOf } from '@muster/testkit/api';
import { connectDevice, type DeviceClient } from '@muster/testkit/mqtt';
import { startServerProcess } from '@muster/testkit/server-process';
import { hangPostgres, stopsReading } from '@muster/testkit/server-process-away';
import { memoryOf } from '@muster/testkit/server-process-memory';
import { readMetrics } from '@muster/testkit/server-process-metrics';
import { type Credential, makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import { generate } from 'mqtt-packet';
import { connectPacket, openRaw } from './raw-client.ts';
import { patience } from './sizes.ts';

// While the store hangs a device that loses its connection comes back and sends again. What it sends waits beside the batches:
// events, messages of a start that the store does not know yet, and what was sent before.

const DEVICES = 40;
/** A device comes back so often at most before it is told to come later. */
const RETURNS = 150;
const PACKETS = 4;
const MESSAGES = 15;
const TEXT = 'x'.repeat(4000);
const MOST_GROWTH_BYTES = 250 * 1024 * 1024;
const CONNACK_UNAVAILABLE = Buffer.from([0x20, 2, 0, 3]);

/** An array of one start of a device. */
const array = (boot: string) =>
  Array.from({ length: MESSAGES }, (_, seq) => ({ boot, seq, values: { level: seq, text: TEXT } }));

const kinds: { what: string; room: 'events' | 'telemetry'; message(n: number): unknown }[] = [
  {
    what: 'events',
    room: 'events',
    message: (n) => ({ type: 'told', data: { n, text: Array(MESSAGES).fill(TEXT) } }),
  },
  { what: 'first messages of a start', room: 'telemetry', message: (n) => array(`start-${n}`) },
  { what: 'what is stored already', room: 'telemetry', message: () => array('known') },
];

for (const { what, room, message } of kinds) {
  test(`PostgreSQL hangs, and devices come back again and again and send ${what}: memory is bounded`, async (t) => {
    await using server = await startServerProcess();
    const api = await signIn(server);
    const [speaking, ...devices] = await makeDevices(server, 'generic', 'device', DEVICES + 1);
    assert.ok(speaking);
    const connect = ({ organization, deviceId, token }: Credential): Promise<DeviceClient> =>
      connectDevice(server.mqtt, { deviceId, token, username: `${organization}/${deviceId}` });
    /** All of them are there and have something stored. */
    const speakAll = async () => {
      const clients = await Promise.all(devices.map(connect));
      await Promise.all(clients.map((client) => client.telemetry(array('known'))));
      await Promise.all(clients.map((client) => client.end()));
    };
    let sent = 0;
    /** Sends and breaks off. @returns whether it was let in */
    async function comeBack({ organization, deviceId, token }: Credential): Promise<boolean> {
      using client = await openRaw(server.mqttPort);
      await client.write(connectPacket(`${organization}/${deviceId}`, token));
      if ((await client.read()).equals(CONNACK_UNAVAILABLE)) return false;
      const topic = `devices/${deviceId}/${room}`;
      const packets = Array.from({ length: PACKETS }, (_, index) =>
        generate({
          cmd: 'publish',
          topic,
          messageId: index + 1,
          payload: JSON.stringify(message(sent++)),
          qos: 1,
          dup: false,
          retain: false,
        }),
      );
      await client.write(Buffer.concat(packets));
      return true;
    }

    await speakAll();
    const speaker = await connect(speaking);
    await speaker.telemetry({ values: { level: 0 } });
    const memory = memoryOf(server.pid()).now;
    using hang = hangPostgres(server);
    // nothing is answered before what came earlier is stored
    const first = speaker.telemetry({ values: { level: 1 } });
    first.catch(() => undefined);
    const state = async (name: string) => (await readMetrics(server)).get(`muster_ledger_messages{state="${name}"}`);
    await until(async () => (await state('pending')) === 1, 'it waits', patience);
    let returns = 0;
    for (let all = true; all; returns++) {
      assert.ok(returns < RETURNS, `devices were let in ${returns} times`);
      all = (await Promise.all(devices.map(comeBack))).every(Boolean);
    }
    await stopsReading(server);
    const growth = memoryOf(server.pid()).now - memory;
    t.diagnostic(`memory grew by ${Math.round(growth / 2 ** 20)} MB, devices came back ${returns} times`);
    assert.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${growth} bytes`);

    hang.goOn();
    await first;
    const events = async () => (await readMetrics(server)).get('muster_events_pending');
    const isStored = async () => (await events()) === 0 && (await state('pending')) === 0;
    await until(isStored, 'all is stored', patience);
    await speakAll();
    await speaker.end();
    await until(isStored, 'all is stored', patience);
    await isBalanced(api);
  });
}

async function isBalanced(api: Api): Promise<void> {
  const { received, stored, duplicates, rejected, pending } = await bodyOf<Ledger>(api.get('/telemetry/ledger'));
  assert.deepEqual({ received, rejected, pending }, { received: stored + duplicates, rejected: {}, pending: 0 });
}
