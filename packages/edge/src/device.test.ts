import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createDevice } from './device.ts';
import { startBroker, until } from './testing/broker.ts';

const broker = await startBroker();
after(() => broker.stop());

const credential = { url: broker.url, organization: 'acme', deviceId: 'd1', token: 'secret' };

test('telemetry is numbered from 1 and carries the boot and the time of the device', async () => {
  const device = createDevice({ ...credential, boot: 'first', now: () => 1234 });
  device.start();
  assert.equal(device.telemetry({ pressure: 4.2, open: true, mode: 'idle' }), 1);
  assert.equal(device.telemetry({ pressure: 4.3 }, { ts: 99, quality: { pressure: 'bad' } }), 2);
  device.event('door_opened', { by: 'hand' });
  assert.equal(await device.stop(), true);
  const said = broker.arrivals.filter(({ topic }) => !topic.endsWith('/status'));
  assert.deepEqual(
    said.map(({ topic, payload }) => [topic, JSON.parse(payload)]),
    [
      [
        'devices/d1/telemetry',
        { ts: 1234, boot: 'first', seq: 1, values: { pressure: 4.2, open: true, mode: 'idle' } },
      ],
      [
        'devices/d1/telemetry',
        { ts: 99, boot: 'first', seq: 2, quality: { pressure: 'bad' }, values: { pressure: 4.3 } },
      ],
      ['devices/d1/events', { ts: 1234, type: 'door_opened', data: { by: 'hand' } }],
    ],
  );
});

test('two starts of one device have different boots', () => {
  assert.notEqual(createDevice(credential).boot, createDevice(credential).boot);
});

test('a message sent again after a loss keeps its boot and seq', async () => {
  broker.arrivals = [];
  const device = createDevice({ ...credential, backOff: { firstMs: 5, maximumMs: 5 } });
  device.start();
  await until(() => device.connection.state === 'online', 'the device to be online');
  broker.holding = true;
  device.telemetry({ pressure: 1 });
  const telemetry = () => broker.arrivals.filter(({ topic }) => topic.endsWith('/telemetry'));
  await until(() => telemetry().length === 1, 'the message');
  broker.holding = false;
  broker.cut();
  assert.equal(await device.stop(), true);
  const [first, second] = telemetry();
  assert.equal(telemetry().length, 2);
  assert.equal(first?.payload, second?.payload);
});
