import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceTopics } from '@muster/contract/mqtt';
import type { DeviceEvent } from '@muster/contract/telemetry';
import { bodyOf, problemOf } from '@muster/testkit/api';
import { overBothHomes } from '@muster/testkit/homes';
import { ledgerOf, settledLedger, storedMessages } from '@muster/testkit/reading';
import { staysOpen, until } from '@muster/testkit/until';

overBothHomes('an acknowledgement', (server) => {
  /** Keeps everybody else from writing a table until it is released. */
  async function hold(table: string): Promise<() => Promise<unknown>> {
    const client = await server().adminConnection();
    await client.query(`begin; lock table ${table} in access exclusive mode`);
    return () => client.query('commit');
  }

  test('comes after the commit: while the store holds it back, no PUBACK, no PUBREC and no HTTP answer leaves', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    await client.telemetry({ values: { n: 0 } });
    const answers: string[] = [];
    client.client.on('packetreceive', ({ cmd }) => answers.push(cmd));
    const topic = deviceTopics.telemetry(device.deviceId);
    const release = await hold('telemetry');
    const all = [
      client.publish(topic, { values: { n: 1 } }, { qos: 1 }),
      client.publish(topic, { values: { n: 2 } }, { qos: 2 }),
      bodyOf(device.api.post('/device/telemetry', [{ values: { n: 3 } }, { values: { n: 4 } }]), 200),
    ];
    await until(async () => (await ledgerOf(server().api, device.deviceId)).pending === 4, 'four messages are pending');
    assert.ok(await staysOpen(Promise.race(all), 300));
    assert.deepEqual(answers, []);
    const { received, stored, pending } = await ledgerOf(server().api, device.deviceId);
    assert.deepEqual({ received, stored, pending }, { received: 5, stored: 1, pending: 4 });
    await release();
    await Promise.all(all);
    assert.deepEqual(answers.sort(), ['puback', 'pubcomp', 'pubrec']);
    assert.equal((await storedMessages(server().api, device.deviceId)).length, 5);
    await client.end();
  });

  test('of an event comes after its commit too, and so does that of a status', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    const events = async () => {
      const path = `/devices/${device.deviceId}/events`;
      const { items } = await bodyOf(server().api.get<{ items: DeviceEvent[] }>(path));
      return items.map(({ type, data }) => (type === 'muster.status' ? (data as { to: string }).to : type));
    };
    await until(async () => (await events()).length === 1, 'that it connected is stored');
    const release = await hold('events');
    const all = [
      client.publish(deviceTopics.events(device.deviceId), { type: 'door_opened' }),
      client.publish(deviceTopics.status(device.deviceId), 'offline'),
    ];
    for (const answer of all) assert.ok(await staysOpen(answer, 150));
    await release();
    await Promise.all(all);
    assert.deepEqual((await events()).sort(), ['door_opened', 'offline', 'online']);
    await client.end();
  });

  test('of a status that changes nothing is not forgotten', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    const topic = deviceTopics.status(device.deviceId);
    for (const word of ['online', 'online', 'offline', 'offline']) await client.publish(topic, word, { qos: 1 });
    await client.end();
  });

  test('a repeated (boot, seq) is acknowledged and dropped: in one array, later, and while the first is pending', async () => {
    const device = await server().createDevice();
    const send = (...seqs: number[]) =>
      bodyOf(
        device.api.post(
          '/device/telemetry',
          seqs.map((seq) => ({ boot: 'b', seq, values: { seq } })),
        ),
        200,
      );
    assert.deepEqual(await send(1, 2, 2, 3, 1), { accepted: 3, duplicates: 2 });
    assert.deepEqual(await send(3, 4), { accepted: 1, duplicates: 1 });
    const release = await hold('telemetry');
    const first = send(5);
    await until(async () => (await ledgerOf(server().api, device.deviceId)).pending === 1, 'the first is pending');
    const repeated = send(5);
    await until(async () => (await ledgerOf(server().api, device.deviceId)).pending === 2, 'both are pending');
    assert.ok(await staysOpen(repeated, 150), 'a duplicate is not answered before what it repeats is stored');
    await release();
    assert.deepEqual(await Promise.all([first, repeated]), [
      { accepted: 1, duplicates: 0 },
      { accepted: 0, duplicates: 1 },
    ]);
    const seqs = (await storedMessages(server().api, device.deviceId)).map((message) => message.seq);
    assert.deepEqual(seqs.sort(), [1, 2, 3, 4, 5]);
    const { stored, duplicates } = await ledgerOf(server().api, device.deviceId);
    assert.deepEqual({ stored, duplicates }, { stored: 5, duplicates: 4 });
  });

  test('another start of the device counts anew, and a number without a start is none', async () => {
    const device = await server().createDevice();
    const messages = [
      { boot: 'a', seq: 1, values: { n: 1 } },
      { boot: 'b', seq: 1, values: { n: 2 } },
      { seq: 1, values: { n: 3 } },
      { seq: 1, values: { n: 4 } },
      { boot: 'a', values: { n: 5 } },
      { boot: 'a', values: { n: 6 } },
    ];
    assert.deepEqual(await bodyOf(device.api.post('/device/telemetry', messages)), { accepted: 6, duplicates: 0 });
    const neighbour = await server().createDevice();
    assert.deepEqual(await bodyOf(neighbour.api.post('/device/telemetry', messages[0])), {
      accepted: 1,
      duplicates: 0,
    });
  });

  for (const unclean of [false, true]) {
    test(`a number seen before ${unclean ? 'a crash' : 'a restart'} is a duplicate after it`, async () => {
      const device = await server().createDevice();
      const send = (boot: string, from: number, to: number) =>
        bodyOf(
          device.api.post(
            '/device/telemetry',
            Array.from({ length: to - from + 1 }, (_, index) => ({ boot, seq: from + index, values: { a: 1 } })),
          ),
        );
      await send('b', 1, 100);
      await send('b', 150, 200);
      await server().restart({ unclean });
      assert.deepEqual(await send('b', 91, 160), { accepted: 49, duplicates: 21 });
      await server().restart({ unclean });
      assert.deepEqual(await send('b', 1, 200), { accepted: 0, duplicates: 200 });
      assert.deepEqual(await send('c', 1, 2), { accepted: 2, duplicates: 0 });
      const numbers = (await storedMessages(server().api, device.deviceId)).map(({ boot, seq }) => `${boot}${seq}`);
      assert.equal(new Set(numbers).size, 202);
      assert.equal(numbers.length, 202);
    });
  }

  test('more starts of a device than memory keeps are still known', async () => {
    const device = await server().createDevice();
    const boots = Array.from({ length: 30 }, (_, n) => ({ boot: `boot-${n}`, seq: 1, values: { n } }));
    for (const message of boots) await bodyOf(device.api.post('/device/telemetry', message));
    await server().muster.keeper.checkpoint();
    for (const message of [...boots, ...boots]) {
      assert.deepEqual(await bodyOf(device.api.post('/device/telemetry', message)), { accepted: 0, duplicates: 1 });
      await server().muster.keeper.checkpoint();
    }
  });

  test('a store that is locked, torn or broken for a while loses nothing: it is tried again', async () => {
    const device = await server().createDevice();
    await bodyOf(device.api.post('/device/telemetry', { values: { n: 0 } }));
    // lock timeout, deadlock, internal error, no privilege
    for (const code of ['55P03', '40P01', 'XX000', '42501']) {
      await server().admin(
        `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'for a while' using errcode = '${code}'; end $$;
         create trigger refuse before insert on telemetry for each row execute function refuse()`,
      );
      const answer = bodyOf(device.api.post('/device/telemetry', { values: { code } }), 200);
      await until(async () => (await server().anybody.fetch('/health/ready')).status === 503, 'not ready');
      await problemOf(device.api.post('/device/telemetry', { values: { code } }), 503);
      assert.ok(await staysOpen(answer, 100));
      await server().admin('drop function refuse cascade');
      assert.deepEqual(await answer, { accepted: 1, duplicates: 0 });
      await until(async () => (await server().anybody.fetch('/health/ready')).status === 200, 'ready again');
    }
    assert.equal((await settledLedger(server().api, device.deviceId)).rejected.store_refused, undefined);
    const kept = (await storedMessages(server().api, device.deviceId)).map(({ values }) => values.code ?? 'first');
    assert.deepEqual(kept, ['first', '55P03', '40P01', 'XX000', '42501']);
  });

  test('a row that the store itself refuses is refused alone, said so, and its number is free again', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    const message = (seq: number) => ({ boot: 'b', seq, values: { seq } });
    await client.telemetry(message(0));
    await server().admin(
      `create function refuse() returns trigger language plpgsql as $$ begin
         if new."values"[1] in (13, 17) then raise exception 'unlucky' using errcode = '22003'; end if; return new; end $$;
       create trigger refuse before insert on telemetry for each row execute function refuse()`,
    );
    await Promise.all(Array.from({ length: 40 }, (_, index) => client.telemetry(message(index + 1))));
    const problem = await problemOf(device.api.post('/device/telemetry', message(17)), 422);
    assert.deepEqual(problem.errors, [{ path: '', message: 'store_refused' }]);
    await server().admin('drop function refuse cascade');
    const ledger = await settledLedger(server().api, device.deviceId);
    assert.equal(ledger.stored, 39);
    assert.deepEqual(ledger.rejected, { store_refused: 3 });
    await Promise.all([13, 14, 17].map((seq) => client.telemetry(message(seq))));
    const seqs = (await storedMessages(server().api, device.deviceId)).map(({ seq }) => seq as number);
    assert.deepEqual(
      seqs.toSorted((one, other) => one - other),
      Array.from({ length: 41 }, (_, seq) => seq),
    );
    await client.end();
  });

  test('an event that the store itself refuses is refused alone, and the others are stored', async () => {
    const device = await server().createDevice();
    const client = await server().connect(device);
    await server().admin(
      `create function refuse() returns trigger language plpgsql as $$ begin
         if new.type = 'unlucky' then raise exception 'unlucky' using errcode = '22003'; end if; return new; end $$;
       create trigger refuse before insert on events for each row execute function refuse()`,
    );
    const types = ['first', 'unlucky', 'second', 'unlucky', 'third'];
    const topic = deviceTopics.events(device.deviceId);
    await Promise.all(types.map((type) => client.publish(topic, { type })));
    const problem = await problemOf(device.api.post('/device/events', { type: 'unlucky' }), 422);
    assert.deepEqual(problem.errors, [{ path: '', message: 'store_refused' }]);
    assert.equal((await server().anybody.fetch('/health/ready')).status, 200);
    await server().admin('drop function refuse cascade');
    const path = `/devices/${device.deviceId}/events`;
    const { items } = await bodyOf(server().api.get<{ items: DeviceEvent[] }>(path));
    const told = items.map(({ type }) => type).filter((type) => type !== 'muster.status');
    assert.deepEqual(told.sort(), ['first', 'second', 'third']);
    assert.deepEqual((await settledLedger(server().api, device.deviceId)).rejected, { store_refused: 3 });
    await client.end();
  });

  test('a device that is deleted while its first message waits leaves nothing pending', async () => {
    const device = await server().createDevice();
    const before = await settledLedger(server().api);
    // the deletion is under way when the message comes: its number finds no device any more
    const client = await server().adminConnection();
    await client.query('begin');
    const told = { kind: 'device.deleted', organizationId: server().id, deviceId: device.deviceId };
    await client.query(
      `delete from devices where device_id = $1
       returning number, pg_notify('muster', ($2::jsonb || jsonb_build_object('number', number))::text)`,
      [device.deviceId, told],
    );
    const answer = device.api.post('/device/telemetry', { boot: 'b', seq: 1, values: { a: 1 } });
    await until(async () => (await ledgerOf(server().api, device.deviceId)).pending === 1, 'the message waits');
    await client.query('commit');
    const problem = await problemOf(answer, 422);
    assert.deepEqual(problem.errors, [{ path: '', message: 'not_authorized' }]);
    const after = await settledLedger(server().api);
    assert.equal(after.received, before.received + 1);
    assert.equal(after.rejected.not_authorized ?? 0, (before.rejected.not_authorized ?? 0) + 1);
  });
});
