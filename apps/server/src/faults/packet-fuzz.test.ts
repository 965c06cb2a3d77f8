import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mergeTruths } from '@muster/testkit/account';
import { checkAccount } from '@muster/testkit/account-check';
import { connectDevice } from '@muster/testkit/mqtt';
import { startServerProcess } from '@muster/testkit/server-process';
import { memoryOf } from '@muster/testkit/server-process-memory';
import { readMetrics } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { until } from '@muster/testkit/until';
import fc from 'fast-check';
import { startFleet } from './fleet.ts';
import { type Conversation, conversations, knownAttacks } from './packets.ts';
import { openRaw } from './raw-client.ts';
import { patience, sizes } from './sizes.ts';
import { startWitness } from './witness.ts';

/** How long a conversation waits for the answer to its first packet before it goes on. */
const ANSWER_MS = 30;
const CONNACK_ACCEPTED = Buffer.from([0x20, 2, 0, 0]);
/** Connections at a time. */
const TOGETHER = 40;
const MOST_GROWTH_BYTES = 250 * 1024 * 1024;

test('whatever bytes come, the server lives, other devices are served, and memory is bounded', async (t) => {
  const { seed, rate } = sizes;
  await using server = await startServerProcess();
  const pid = server.pid();
  const api = await signIn(server);
  const many = await makeDevices(server, 'industrial.pressure-station', 'station', 10);
  const [guard, fuzzer, bystander] = await makeDevices(server, 'generic', 'single', 3);
  assert.ok(guard && fuzzer && bystander);
  // many, for a name that fails too often is looked at no more
  const fuzzers = await makeDevices(server, 'generic', 'fuzz', 50);
  await using fleet = startFleet(server.mqtt, [{ type: 'industrial.pressure-station', devices: many, rate, seed }]);
  await using witness = startWitness(server.mqtt, guard);
  await witness.nextAcknowledgement();
  let connections = 0;
  let signIns = 0;

  async function talk(batch: readonly Conversation[]): Promise<void> {
    const clients = await Promise.all(
      batch.map(async (pieces) => {
        const client = await openRaw(server.mqttPort);
        const answered = new Promise<void>((resolve) => {
          client.socket.once('data', (bytes) => {
            if (bytes.subarray(0, 4).equals(CONNACK_ACCEPTED)) signIns++;
            resolve();
          });
        });
        const [first = Buffer.alloc(0), ...rest] = pieces;
        await client.write(first);
        // half of a CONNECT has no answer
        if (rest.length > 0) await Promise.race([answered, client.closed, pause(ANSWER_MS)]);
        for (const piece of rest) await client.write(piece);
        return client;
      }),
    );
    connections += batch.length;
    // an acknowledgement of a message that was sent after all this: the server went through it and lives
    await witness.nextAcknowledgement();
    for (const client of clients) client[Symbol.dispose]();
    assert.equal(server.pid(), pid, 'the server lives');
  }

  const attacks = knownAttacks(fuzzer);
  const before = memoryOf(server.pid()).now;
  for (let from = 0; from < attacks.length; from += TOGETHER) await talk(attacks.slice(from, from + TOGETHER));
  const batch = fc.array(conversations(fuzzers), { minLength: TOGETHER, maxLength: TOGETHER });
  await fc.assert(fc.asyncProperty(batch, talk), {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: sizes.fuzzMs,
    // a server that died can not be asked again with less
    endOnFailure: true,
  });

  const maxUnavailableMs = witness.longestGap();
  const growth = memoryOf(server.pid()).now - before;
  assert.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${growth} bytes`);
  await until(
    async () => (await readMetrics(server)).get('muster_mqtt_connections') === 11,
    'no connection is left',
    patience,
  );
  const healthy = await connectDevice(server.mqtt, {
    ...fuzzer,
    username: `${fuzzer.organization}/${fuzzer.deviceId}`,
  });
  await healthy.telemetry({ values: { temperature: 1 } });
  await healthy.end();
  const faults = server
    .log()
    .split('\n')
    .filter((line) => /"level":"(?:error|fatal)"|^\S*Error/.test(line));
  assert.deepEqual(faults, []);
  await Promise.all([fleet.stop(), witness.stop()]);
  const truth = mergeTruths(...(await fleet.truths()), witness.truth);
  await checkAccount(t, { server, api }, truth, {
    maxUnavailableMs,
    seed,
    connections,
    'signed in': signIns,
    'memory growth MB': Math.round(growth / 2 ** 20),
  });
});
