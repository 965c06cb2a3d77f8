import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { startBroker, until } from '@muster/edge/testing/broker';
import { type AgentProcess, endAgents, startAgent } from './testing/agent-process.ts';

const broker = await startBroker();
const place = mkdtempSync(join(tmpdir(), 'muster-agent-obeys-'));
let directories = 0;
let directory = '';

beforeEach(() => {
  directory = join(place, String(++directories));
  mkdirSync(directory);
  broker.arrivals = [];
  const identity = { server: 'http://127.0.0.1:1', mqtt: broker.url, organization: 'acme', deviceId: 'pi', ca: null };
  writeFileSync(join(directory, 'identity.json'), JSON.stringify(identity));
  writeFileSync(join(directory, 'token'), 'md_x');
});
afterEach(endAgents);
after(async () => {
  await broker.stop();
  rmSync(place, { recursive: true });
});

async function run(): Promise<AgentProcess> {
  const subscribed = new Promise<string[]>((resolve) => {
    broker.onSubscribe = resolve;
  });
  const own = startAgent(directory, ['run']);
  assert.deepEqual(await subscribed, ['devices/pi/commands/+', 'devices/pi/configuration/desired']);
  return own;
}

const said = (room: string) =>
  broker.arrivals.filter(({ topic }) => topic === `devices/pi/${room}`).map(({ payload }) => JSON.parse(payload));

async function outcomeOf(id: string, name: string, params: object) {
  await broker.publish(`devices/pi/commands/${id}`, JSON.stringify({ name, params }));
  await until(() => said(`commands/${id}/result`).length === 2, `the outcome of ${name}`);
  return said(`commands/${id}/result`)[1];
}
const desire = (version: number, configuration: object) =>
  broker.publish('devices/pi/configuration/desired', JSON.stringify({ version, configuration }));
const lastReport = () => said('configuration/reported').at(-1);

test('it answers ping, gives its newest log lines, and does nothing else', async () => {
  await run();
  assert.deepEqual(await outcomeOf('c1', 'ping', {}), { state: 'succeeded', result: { pong: true } });
  const log = await outcomeOf('c2', 'collect-log', { lines: 1 });
  assert.equal(log.state, 'succeeded');
  assert.equal(log.result.lines.length, 1);
  assert.match(log.result.lines[0], /^\d{4}-.*Z online$/);
  const tooMany = await outcomeOf('c3', 'collect-log', { lines: 5000 });
  assert.deepEqual(tooMany, { state: 'failed', error: 'lines must be a whole number from 1 to 1000' });
  assert.deepEqual(await outcomeOf('c4', 'run', { program: 'rm' }), { state: 'failed', error: 'unknown command' });
});

test('it holds the time between two messages, over a kill, and refuses one that makes no sense', async () => {
  const first = await run();
  await desire(1, { intervalMs: 1000 });
  await until(() => lastReport()?.version === 1, 'the report');
  assert.deepEqual(lastReport(), { version: 1, configuration: { intervalMs: 1000 } });
  await desire(2, { intervalMs: 5 });
  await until(() => lastReport()?.failed, 'the refusal');
  const error = 'intervalMs must be a whole number from 1000 to 600000';
  assert.deepEqual(lastReport().failed, { version: 2, error, reverted: false });
  await desire(3, { intervalMs: 1000, shell: 'sh' });
  await until(() => lastReport()?.failed.version === 3, 'the second refusal');
  first.child.kill('SIGKILL');
  await first.ended;
  broker.arrivals = [];
  await run();
  await until(() => lastReport() !== undefined, 'the report of what it holds');
  assert.deepEqual([lastReport().version, lastReport().configuration], [1, { intervalMs: 1000 }]);
});
