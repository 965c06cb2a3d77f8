import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startBroker, until } from './testing/broker.ts';
import { startDeviceProcess } from './testing/device-process-wish.ts';
import { layNetwork } from './testing/network.ts';

/** TCP asks again ever more rarely. */
const PATIENCE_MS = 60_000;

test('a network that is cut for a while, again and again: everything arrives once, in order', async (t) => {
  const laid = layNetwork();
  if (typeof laid === 'string') return t.skip(laid);
  using network = laid;
  const broker = await startBroker(0, network.address);
  const directory = mkdtempSync(join(tmpdir(), 'muster-cut-'));
  const wish = { directory, url: broker.url, boot: 'boot-1', measures: true };
  const device = startDeviceProcess(wish, undefined, network.inside);
  try {
    const took = () => device.said.filter((line) => 'took' in line).length;
    const online = () => device.said.filter(({ state }) => state === 'online').length;
    const telemetry = () => broker.arrivals.filter(({ topic }) => topic.endsWith('/telemetry'));
    await until(() => telemetry().length > 0, 'the first message');
    for (let time = 1; time <= 3; time++) {
      network.cut();
      // the server gives its end up; the device hears of that when the cable is whole again
      broker.cut();
      const before = took();
      await until(() => took() > before + 100, 'it measures on');
      const times = online();
      network.mend();
      await until(() => online() > times, 'it comes back', PATIENCE_MS);
    }
    await device.stop();
    const seen = new Set<number>();
    const first = telemetry().filter(({ payload }) => {
      const { seq } = JSON.parse(payload);
      return !seen.has(seq) && seen.add(seq);
    });
    assert.deepEqual(
      first.map(({ payload }) => JSON.parse(payload).values.number),
      Array.from({ length: took() }, (_, index) => index + 1),
    );
    assert.ok(device.said.some(({ isEmpty }) => isEmpty === true));
  } finally {
    await device.kill();
    await broker.stop();
    rmSync(directory, { recursive: true });
  }
});
