import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../testing/broker.ts';
import { readTruth, truthKey } from './read-truth.ts';
import { openTruth, type Sent } from './truth.ts';

const place = mkdtempSync(join(tmpdir(), 'muster-truth-'));
after(() => rmSync(place, { recursive: true }));
let files = 0;
const newFile = () => join(place, `${++files}.ndjson`);
const unexpected = (error: unknown) => assert.fail(String(error));

const sent = (seq: number): Sent => ({ deviceId: 'd1', organization: 'acme', boot: 'b', seq, ts: 5, values: { p: 1 } });
const refused: Sent = {
  deviceId: 'd1',
  organization: 'acme',
  boot: 'b',
  seq: 3,
  ts: 5,
  raw: '{"p":NaN}',
  refused: true,
};

test('what is written is read back', async () => {
  const file = newFile();
  const truth = openTruth(file, unexpected);
  for (const message of [sent(1), sent(2), refused]) truth.sent(message);
  truth.repeated('d1', 'b', 1);
  truth.acknowledged('d1', 'b', 1);
  truth.acknowledged('d1', 'b', 3);
  truth.close();
  const record = await readTruth(file);
  assert.deepEqual([...record.sent.values()], [sent(1), sent(2), refused]);
  assert.deepEqual([...record.acknowledged], [truthKey('b', 1), truthKey('b', 3)]);
  assert.deepEqual([...record.repeated], [[truthKey('b', 1), 1]]);
  assert.equal(record.torn, 0);
});

test('a half last line is counted and left out', async () => {
  const file = newFile();
  const truth = openTruth(file, unexpected);
  truth.sent(sent(1));
  truth.acknowledged('d1', 'b', 1);
  truth.close();
  const whole = readFileSync(file, 'utf8');
  for (let cut = 1; cut < 20; cut++) {
    writeFileSync(file, whole.slice(0, -1 - cut));
    const record = await readTruth(file);
    assert.deepEqual([record.sent.size, record.acknowledged.size, record.torn], [1, 0, 1]);
  }
});

test('a run that goes on with the file of a killed one spoils none of its own lines', async () => {
  const file = newFile();
  writeFileSync(file, '{"s":"d1","o":"acme","boot":"killed","se');
  const truth = openTruth(file, unexpected);
  truth.sent(sent(1));
  truth.close();
  const record = await readTruth(file);
  assert.deepEqual([[...record.sent.keys()], record.torn], [['b/1'], 1]);
});

test('JSON that no simulation wrote is refused', async () => {
  const file = newFile();
  appendFileSync(file, '{"boot":"b","seq":1}\n');
  await assert.rejects(readTruth(file), TypeError);
});

test('lines reach the file by themselves, soon and in order', async () => {
  const file = newFile();
  const truth = openTruth(file, unexpected);
  truth.sent(sent(1));
  truth.acknowledged('d1', 'b', 1);
  await until(() => readFileSync(file, 'utf8').endsWith('"seq":1}\n'), 'both lines');
  assert.deepEqual(readFileSync(file, 'utf8').match(/^\{"\w"/gm), ['{"s"', '{"a"']);
  truth.close();
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} writes what is waiting and ends the process`, async () => {
    const file = newFile();
    const script = `
      import { openTruth } from ${JSON.stringify(new URL('./truth.ts', import.meta.url).href)};
      const truth = openTruth(${JSON.stringify(file)}, console.error);
      openTruth(${JSON.stringify(newFile())}, console.error);
      for (let seq = 1; seq <= 1000; seq++) truth.acknowledged('d1', 'b', seq);
      process.kill(process.pid, '${signal}');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
    assert.deepEqual(await once(child, 'exit'), [null, signal]);
    assert.equal((await readTruth(file)).acknowledged.size, 1000);
  });
}
