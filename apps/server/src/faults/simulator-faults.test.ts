import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '@muster/contract/telemetry';
import type { FaultName, FaultParameters } from '@muster/edge/simulate/faults';
import type { TruthRecord } from '@muster/edge/simulate/read-truth';
import { checkAccount } from '@muster/testkit/account-check';
import { rollupFaults } from '@muster/testkit/account-derived';
import type { StoredMessage } from '@muster/testkit/account-rows';
import { type Api, bodyOf } from '@muster/testkit/api';
import { startServerProcess } from '@muster/testkit/server-process';
import { watchLedger } from '@muster/testkit/server-process-metrics';
import { makeDevices, signIn } from '@muster/testkit/server-process-operator';
import { startFleet } from './fleet.ts';
import { sizes } from './sizes.ts';

const DEVICES = 12;
const MESSAGES = 100;
const RATE = 20;
const MINUTE_MS = 60_000;

/** Those of telemetry; the others are about commands and configuration. */
type TelemetryFault = Exclude<
  FaultName,
  'loses-result' | 'slow-command' | 'refuses-configuration' | 'cut-off-by-configuration'
>;

/** Every fault as often as a short run needs it, and what it must leave behind besides a right account. */
const faults: { [N in TelemetryFault]: { parameters?: Partial<FaultParameters[N]>; proof: Proof } } = {
  disconnect: { parameters: { everyMs: 1500, awayMs: 500 }, proof: ({ count }) => count.pending === 0 },
  'reconnect-storm': { parameters: { everyMs: 1500, awayMs: 300 }, proof: ({ count }) => count.pending === 0 },
  burst: { parameters: { share: 1, everyMs: 2000, outageMs: 1000 }, proof: ({ rows }) => rows.some(isLate) },
  'clock-skew': {
    parameters: { share: 0.8 },
    proof: ({ rows }) => rows.some((row) => Math.abs(row.ts - row.received) > MINUTE_MS / 2),
  },
  duplicates: {
    proof: ({ count, truth }) => count.duplicates === sum(truth.repeated.values()) && count.duplicates > 0,
  },
  'out-of-order': { proof: ({ rows }) => rows.some(isLate) },
  'stuck-sensor': { parameters: { share: 1, within: 20 }, proof: ({ rows }) => rows.length === DEVICES * MESSAGES },
  nan: { proof: ({ count, truth }) => count.rejected.malformed_json === refusedIn(truth) && refusedIn(truth) > 0 },
};

type Proof = (left: { count: Ledger; rows: StoredMessage[]; truth: TruthRecord }) => boolean;

const isLate = (row: StoredMessage) => row.received - row.ts > 1000 / RATE;
const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);
const refusedIn = ({ sent }: TruthRecord) => [...sent.values()].filter(({ refused }) => refused).length;

async function countOf(api: Api, deviceIds: string[]): Promise<Ledger> {
  const total: Ledger = { received: 0, stored: 0, duplicates: 0, rejected: {}, pending: 0 };
  for (const deviceId of deviceIds) {
    const one = await bodyOf<Ledger>(api.get('/telemetry/ledger', { query: { deviceId } }));
    for (const name of ['received', 'stored', 'duplicates', 'pending'] as const) total[name] += one[name];
    for (const [reason, messages] of Object.entries(one.rejected)) {
      total.rejected[reason] = (total.rejected[reason] ?? 0) + messages;
    }
  }
  return total;
}

test('whatever goes wrong with devices, the account is right', async (t) => {
  const { seed } = sizes;
  const names = Object.keys(faults) as TelemetryFault[];
  await using server = await startServerProcess();
  const api = await signIn(server);
  const runs: Parameters<typeof startFleet>[1] = [];
  for (const name of names) {
    const devices = await makeDevices(server, 'hospitality.tablet', name, DEVICES);
    const { parameters = {} } = faults[name];
    const faultParameters = { [name]: parameters };
    runs.push({
      type: 'hospitality.tablet',
      devices,
      rate: RATE,
      seed,
      messages: MESSAGES,
      faults: [name],
      faultParameters,
    });
  }
  await using fleet = startFleet(server.mqtt, runs);
  await using ledger = watchLedger(server);
  const report = await fleet.finished();
  assert.equal(report.dropped, 0);
  assert.ok(report.reconnects > 0 && report.repeated > 0);
  assert.deepEqual((await ledger.stop()).faults, []);
  const truths = await fleet.truths();
  for (const [index, name] of names.entries()) {
    await t.test(name, async (t) => {
      const truth = truths[index] as TruthRecord;
      const { account, rows } = await checkAccount(t, { server, api }, truth, { seed });
      assert.equal(account.sent, DEVICES * MESSAGES);
      assert.equal(account.indeterminate, 0);
      const deviceIds = runs[index]?.devices.map(({ deviceId }) => deviceId) ?? [];
      const own = rows.filter(({ deviceId }) => deviceIds.includes(deviceId));
      const count = await countOf(api, deviceIds);
      assert.ok(faults[name].proof({ count, rows: own, truth }), `the fault happened: ${JSON.stringify(count)}`);
    });
  }
  await t.test('late and early data are in the rollups', async () => {
    assert.equal(await server.stop(), 0);
    await server.start();
    assert.deepEqual(await rollupFaults(server), []);
  });
});
