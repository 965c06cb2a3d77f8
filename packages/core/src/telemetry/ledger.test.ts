import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceTopics } from '@muster/contract/mqtt';
import type { Ledger } from '@muster/contract/telemetry';
import { bodyOf } from '@muster/testkit/api';
import { overBothHomes } from '@muster/testkit/homes';
import type { TestDevice } from '@muster/testkit/organization';
import { accountedFor, ledgerOf, settledLedger, storedMessages } from '@muster/testkit/reading';

/** A sum of ledgers, as the organization's must be. */
function sum(ledgers: Ledger[]): Ledger {
  const total: Ledger = { received: 0, stored: 0, duplicates: 0, rejected: {}, pending: 0 };
  for (const { received, stored, duplicates, rejected, pending } of ledgers) {
    total.received += received;
    total.stored += stored;
    total.duplicates += duplicates;
    total.pending += pending;
    for (const [reason, count] of Object.entries(rejected)) {
      total.rejected[reason] = (total.rejected[reason] ?? 0) + count;
    }
  }
  return total;
}

overBothHomes('the ledger', (server) => {
  const devices: TestDevice[] = [];

  test('accounts for every message at every moment, of each device and of all', async () => {
    for (let n = 0; n < 5; n++) devices.push(await server().createDevice());
    let running = true;
    let samples = 0;
    const sample = async () => {
      while (running) {
        const asked = [undefined, ...devices.map(({ deviceId }) => deviceId)];
        for (const ledger of await Promise.all(asked.map((id) => ledgerOf(server().api, id)))) {
          assert.equal(ledger.received, accountedFor(ledger), JSON.stringify(ledger));
          samples++;
        }
      }
    };
    const talk = async (device: TestDevice, turn: number) => {
      const client = await server().connect(device);
      const topic = deviceTopics.telemetry(device.deviceId);
      const message = (seq: number) => ({ boot: 'b', seq, values: { n: seq } });
      const all: Promise<unknown>[] = [];
      for (let n = 0; n < 150; n++) {
        all.push(client.telemetry(message(n)));
        if (n % 3 === 0) all.push(client.telemetry([message(n), message(1000 + n)]));
        if (n % 5 === 0) all.push(client.publish(topic, '{"values":', { qos: 0 }), client.telemetry({ values: {} }));
        if (n % 50 === 0) all.push(device.api.post('/device/telemetry', Array(turn + 2).fill(message(n))));
      }
      await Promise.all(all);
      await client.end();
    };
    const sampling = sample();
    await Promise.all(devices.map(talk));
    running = false;
    await sampling;
    assert.ok(samples > 2, `${samples} looks`);
    for (const [turn, { deviceId }] of devices.entries()) {
      assert.deepEqual(await settledLedger(server().api, deviceId), {
        received: 150 + 100 + 60 + 3 * (turn + 2),
        stored: 200,
        duplicates: 50 + 3 * (turn + 2),
        rejected: { malformed_json: 30, invalid_shape: 30 },
        pending: 0,
      });
      assert.equal((await storedMessages(server().api, deviceId)).length, 200);
    }
  });

  test('of the organization is the sum of its devices’, and keeps what a deleted one had', async () => {
    const each = await Promise.all(devices.map(({ deviceId }) => ledgerOf(server().api, deviceId)));
    const whole = await ledgerOf(server().api);
    assert.deepEqual(whole, sum(each));
    await bodyOf(server().api.delete(`/devices/${devices.pop()?.deviceId}`));
    assert.deepEqual(await ledgerOf(server().api), whole);
  });

  test('survives a restart', async () => {
    const before = await ledgerOf(server().api);
    const first = await ledgerOf(server().api, devices[0]?.deviceId);
    await server().restart();
    assert.deepEqual(await ledgerOf(server().api), before);
    assert.deepEqual(await ledgerOf(server().api, devices[0]?.deviceId), first);
  });

  test('after a crash still has every stored message, and still adds up', async () => {
    const device = devices[0] as TestDevice;
    await server().muster.keeper.checkpoint();
    const before = await ledgerOf(server().api);
    const own = await ledgerOf(server().api, device.deviceId);
    for (let n = 0; n < 20; n++) await bodyOf(device.api.post('/device/telemetry', { values: { n } }));
    await server().restart({ unclean: true });
    const after = await ledgerOf(server().api);
    assert.equal(after.stored, before.stored + 20);
    assert.equal(after.received, accountedFor(after));
    assert.equal((await ledgerOf(server().api, device.deviceId)).stored, own.stored + 20);
  });

  test('of another organization counts nothing of this one', async () => {
    const away = await server().organization(`away-${server().home}`);
    assert.deepEqual(await ledgerOf(away.api), { received: 0, stored: 0, duplicates: 0, rejected: {}, pending: 0 });
    const [device] = devices;
    const answer = await away.api.get('/telemetry/ledger', { query: { deviceId: device?.deviceId } });
    assert.equal(answer.status, 404);
  });
});
