import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Device } from '@muster/contract/devices';
import { bodyOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';
import { endAgents, startAgent } from './testing/agent-process.ts';

let server: TestServer;
const place = mkdtempSync(join(tmpdir(), 'muster-agent-'));
let directories = 0;
let directory = '';

before(async () => {
  server = await startTestServer();
});
beforeEach(() => {
  directory = join(place, String(++directories));
});
afterEach(endAgents);
after(async () => {
  await server.stop();
  rmSync(place, { recursive: true });
});

const agent = (...args: string[]) => startAgent(directory, args);

const makeToken = async () => {
  const body = { name: 'Computers', type: 'linux' };
  return (await bodyOf(server.api.post<{ secret: string }>('/enrollment-tokens', body), 201)).secret;
};

async function enrolled(deviceId: string): Promise<void> {
  const address = ['--server', server.http, '--mqtt', server.mqtt];
  const own = agent('enroll', ...address, '--token', '-', '--id', deviceId, '--name', 'A shelf');
  own.child.stdin.end(`${await makeToken()}\n`);
  assert.equal(await own.ended, '0', own.output());
}
const deviceOf = (id: string) => bodyOf(server.api.get<Device>(`/devices/${id}`), 200);
const rowsOf = async (id: string) => {
  const [row] = await server.admin<{ count: number }>(
    'select count(*)::int as count from telemetry t join devices d on d.number = t.device where d.device_id = $1',
    [id],
  );
  return row?.count ?? 0;
};

const statusOf = () => JSON.parse(readFileSync(join(directory, 'status.json'), 'utf8'));

test('a computer registers itself, and only its user can read what it keeps', async () => {
  await enrolled('pi-1');
  const device = await deviceOf('pi-1');
  assert.deepEqual([device.type, device.name], ['linux', 'A shelf']);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  assert.equal(statSync(join(directory, 'token')).mode & 0o777, 0o600);
  assert.match(readFileSync(join(directory, 'token'), 'utf8'), /^md_/);
  const again = agent('enroll', '--server', server.http, '--token', 'me_x');
  assert.equal(await again.ended, '78');
  assert.match(again.output(), /enrolled already/);
});

test('it measures, is online, says how it is, and ends with all that it measured stored', async () => {
  await enrolled('pi-2');
  const own = agent('run');
  await until(async () => (await rowsOf('pi-2')) > 0, 'its first message is stored');
  await until(async () => (await deviceOf('pi-2')).status === 'online', 'it is online');
  await until(() => statusOf().state === 'online', 'its status');
  const status = agent('status');
  assert.equal(await status.ended, '0', status.output());
  assert.match(status.output(), /pi-2.*\nonline.*\n\d+ messages waiting, 0 given up\nconfiguration 0, time known/);
  const second = agent('run');
  assert.equal(await second.ended, '78');
  assert.match(second.output(), /does another one run/);
  own.child.kill('SIGTERM');
  assert.equal(await own.ended, '0', own.output());
  await until(async () => (await deviceOf('pi-2')).status === 'offline', 'it is offline');
  const gone = agent('status');
  assert.equal(await gone.ended, '3');
  assert.match(gone.output(), /not running/);
});

test('what it measured while the server was away and it was killed arrives once it is back', async () => {
  await enrolled('pi-3');
  const identity = JSON.parse(readFileSync(join(directory, 'identity.json'), 'utf8'));
  const file = join(directory, 'identity.json');
  writeFileSync(file, JSON.stringify({ ...identity, mqtt: 'mqtt://127.0.0.1:1' }));
  for (let life = 1; life <= 3; life++) {
    const own = agent('run');
    await until(() => statusOf().waiting === life, 'it has measured');
    await until(() => own.output().includes('offline'), 'it is offline');
    own.child.kill('SIGKILL');
    await own.ended;
    rmSync(join(directory, 'status.json'));
  }
  writeFileSync(file, JSON.stringify(identity));
  const own = agent('run');
  await until(async () => (await rowsOf('pi-3')) === 4, 'three messages of before, one of now');
  own.child.kill('SIGTERM');
  assert.equal(await own.ended, '0', own.output());
});

test('a command that waited for it is run once when it comes, and the server hears how it went', async () => {
  await enrolled('pi-4');
  const send = (name: string) => server.api.post<{ id: string }>('/devices/pi-4/commands', { name });
  const { id } = await bodyOf(send('ping'), 201);
  const stateOf = async (command: string) =>
    (await bodyOf(server.api.get<{ state: string; result: unknown }>(`/devices/pi-4/commands/${command}`), 200)).state;
  assert.equal(await stateOf(id), 'queued');
  const own = agent('run');
  await until(async () => (await stateOf(id)) === 'succeeded', 'it answers');
  await server.restart();
  const next = await bodyOf(send('ping'), 201);
  await until(async () => (await stateOf(next.id)) === 'succeeded', 'after a restart of the server too', {
    deadline: 30_000,
  });
  own.child.kill('SIGTERM');
  assert.equal(await own.ended, '0', own.output());
});

test('what it can not do, it says in a sentence', async () => {
  const unenrolled = agent('run');
  assert.equal(await unenrolled.ended, '78');
  assert.match(unenrolled.output(), /not enrolled/);
  const unreachable = agent('enroll', '--server', 'http://127.0.0.1:1', '--token', 'me_x');
  assert.equal(await unreachable.ended, '78');
  assert.match(unreachable.output(), /can not be reached/);
  const refused = agent('enroll', '--server', server.http, '--token', 'me_unknown');
  assert.equal(await refused.ended, '78');
  assert.match(refused.output(), /refuses.*\(401\)/);
  for (const args of [['dance'], ['run', 'twice'], []]) {
    const wrong = agent(...args);
    assert.equal(await wrong.ended, '2');
    assert.match(wrong.output(), /muster-agent enroll/);
  }
});
