import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { within } from '@muster/core/platform/within';
import { bodyOf, problemOf } from '@muster/testkit/api';
import type { SignedIn, TestDevice } from '@muster/testkit/organization';
import { storedMessages } from '@muster/testkit/reading';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes that are in use, by whatever lives in this process: the server too. */
function retained(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const MB = 1024 * 1024;
const ROWS = 200_000;
/** Yesterday at noon: one partition holds all that is made here. */
const START = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000;

let server: TestServer;
let owner: SignedIn;
let large: TestDevice;

before(async () => {
  server = await startTestServer();
  owner = await server.signIn();
  large = await server.createDevice({ type: 'workshop.bench' });
  await bodyOf(large.api.post('/device/telemetry', { ts: START, values: { p1: 0, p2: 0, p3: 0 } }));
  await server.admin(
    `insert into telemetry (ts, received, device, organization, layout, "values")
     select ts + n * interval '1 millisecond', received, device, organization, layout, array[n % 10, n % 5, n]::float8[]
     from telemetry, generate_series(1, $1::int - 1) n`,
    [ROWS],
  );
});
after(() => server.stop());

const isoRange = (ms: number) => ({ from: new Date(START).toISOString(), to: new Date(START + ms).toISOString() });

/** The first `rows` messages: there is one each millisecond. */
const addressOf = ({ deviceId }: TestDevice, format: string, rows = ROWS) =>
  `/api/v1/devices/${deviceId}/telemetry/export?${new URLSearchParams({ format, ...isoRange(rows) })}`;

/** Begins a download and reads nothing of its body yet. */
async function begin(path: string, accessToken = owner.accessToken): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const request = get(`${server.http}${path}`, { headers, agent: false });
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const cursors = () =>
  server.admin<{ state: string }>(
    `select state from pg_stat_activity where query like 'fetch %' and state in ('active', 'idle in transaction')`,
  );

for (const [format, rows] of [
  ['csv', ROWS],
  ['ndjson', ROWS / 4],
] as const) {
  test(`${rows} messages are exported as ${format}, each as it was stored, in constant memory`, async () => {
    const response = await begin(addressOf(large, format, rows));
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['content-disposition'], `attachment; filename="${large.deviceId}.${format}"`);
    const before = retained();
    let most = 0;
    let n = format === 'csv' ? -1 : 0;
    for await (const line of linesOf(response)) {
      if (n % 20_000 === 0) most = Math.max(most, retained());
      if (n === -1) {
        assert.equal(line, 'ts,receivedAt,boot,seq,p1,p2,p3,quality\r');
      } else if (format === 'csv') {
        const [ts, , boot, seq, ...values] = line.split(',');
        assert.deepEqual([ts, boot, seq], [new Date(START + n).toISOString(), '', '']);
        assert.deepEqual(values, [String(n % 10), String(n % 5), String(n), '\r']);
      } else {
        const { ts, values } = JSON.parse(line);
        assert.equal(ts, new Date(START + n).toISOString());
        assert.deepEqual(values, { p1: n % 10, p2: n % 5, p3: n });
      }
      n++;
    }
    assert.equal(n, rows);
    // all of them are some 15 MB as text, and several times that as rows
    assert.ok(most - before < 15 * MB, `${((most - before) / MB).toFixed(1)} MB were kept`);
  });
}

test('rows stay in the store until the reader has taken those before them', async () => {
  const response = await begin(addressOf(large, 'ndjson'));
  response.pause();
  // the export waits inside its transaction, between two fetches
  await until(async () => {
    const seen = await cursors();
    return seen.length === 1 && seen[0]?.state === 'idle in transaction';
  }, 'the export waits for its reader');
  response.destroy();
  await until(async () => (await cursors()).length === 0, 'it ends when its reader leaves');
});

test('a third export at once is asked to come later, and a reader that leaves makes room', async () => {
  for (let n = 0; n < 5; n++) {
    await problemOf(
      server.api.get('/devices/nobody/telemetry/export', { query: { ...isoRange(1000), format: 'csv' } }),
      404,
    );
  }
  const open = await Promise.all([1, 2].map(() => begin(addressOf(large, 'csv'))));
  for (const response of open) response.pause();
  const problem = await server.api.get(`/devices/${large.deviceId}/telemetry/export`, {
    query: { ...isoRange(1000), format: 'csv' },
  });
  await problemOf(problem, 429);
  assert.ok(Number(problem.headers.get('retry-after')) > 0);
  for (const response of open) response.destroy();
  await until(async () => (await cursors()).length === 0, 'the abandoned exports end');
  assert.equal((await begin(addressOf(large, 'csv', 10))).resume().statusCode, 200);
});

test('however many others export, nobody is refused for it: he waits for his turn', async (t) => {
  const others = await Promise.all(['one', 'two'].map((slug) => server.organization(`exports-${slug}`)));
  const open: IncomingMessage[] = [];
  t.after(() => open.forEach((one) => void one.destroy()));
  for (const { id, signIn, createDevice } of others) {
    const device = await createDevice({ type: 'workshop.bench' });
    await bodyOf(device.api.post('/device/telemetry', { ts: START, values: { p1: 0 } }));
    await server.admin(
      `insert into telemetry (ts, received, device, organization, layout, "values")
       select t.ts + n * interval '1 millisecond', t.received, t.device, t.organization, t.layout, t."values"
       from telemetry t join devices d on d.number = t.device and d.organization_id = $2, generate_series(1, $1::int - 1) n`,
      [ROWS, id],
    );
    const { accessToken } = await signIn();
    for (let n = 0; n < 2 && open.length < 3; n++)
      open.push((await begin(addressOf(device, 'csv'), accessToken)).pause());
  }
  const mine = begin(addressOf(large, 'csv', 10));
  const left = get(`${server.http}${addressOf(large, 'csv', 10)}`, {
    headers: { authorization: `Bearer ${owner.accessToken}` },
    agent: false,
  });
  left.on('error', () => undefined);
  assert.equal(await within(200, mine), false, 'it waits');
  left.destroy();
  open[0]?.destroy();
  const response = await mine;
  assert.equal(response.statusCode, 200);
  let lines = 0;
  for await (const _ of linesOf(response)) lines++;
  assert.equal(lines, 11);
  for (const one of open) one.destroy();
  await until(async () => (await cursors()).length === 0, 'the abandoned exports end');
});

test('an export whose store breaks off in the middle is broken off, not ended as if it were whole', async () => {
  const response = await begin(addressOf(large, 'csv'));
  response.pause();
  await until(async () => (await cursors()).length === 1, 'it is under way');
  await server.admin(
    `select pg_terminate_backend(pid) from pg_stat_activity where query like 'fetch %' and pid <> pg_backend_pid()`,
  );
  await assert.rejects(async () => {
    for await (const _ of linesOf(response));
  }, /aborted|reset|terminated|prematurely/i);
  assert.equal((await begin(addressOf(large, 'csv', 10))).resume().statusCode, 200, 'and the next one works');
});

test('texts, starts, numbers and qualities are in both formats', async () => {
  const device = await server.createDevice();
  const messages = [
    { ts: START + 5, boot: '=cmd|x', seq: 7, values: { 'a,b': 1.5, text: '=1+1' } },
    {
      ts: START + 6,
      boot: 'b"1',
      seq: 8,
      values: { text: 'two\nlines, "quoted"', flag: true },
      quality: { text: 'bad' },
    },
    { ts: START + 7, values: { 'a,b': -2, text: '' }, quality: { 'a,b': 'uncertain', text: 'uncertain' } },
  ];
  await bodyOf(device.api.post('/device/telemetry', messages));
  const stored = await storedMessages(server.api, device.deviceId);
  assert.deepEqual(
    stored.map(({ receivedAt: _, ts, ...rest }) => ({ ts: Date.parse(ts), ...rest })),
    messages,
  );
  const query = { ...isoRange(1000), format: 'csv', metrics: 'a,b' };
  const names = await server.api.get(`/devices/${device.deviceId}/telemetry/export`, {
    query: { ...query, metrics: 'text,flag' },
  });
  const received = stored.map((message) => message.receivedAt);
  assert.equal(
    names.text,
    [
      'ts,receivedAt,boot,seq,text,flag,quality',
      `${stored[0]?.ts},${received[0]},'=cmd|x,7,'=1+1,,`,
      `${stored[1]?.ts},${received[1]},"b""1",8,"two\nlines, ""quoted""",true,text=bad`,
      `${stored[2]?.ts},${received[2]},,,,,text=uncertain`,
      '',
    ].join('\r\n'),
  );
  const whole = await server.api.get(`/devices/${device.deviceId}/telemetry/export`, {
    query: { ...isoRange(1000), format: 'csv' },
  });
  const columns = whole.text.split('\r\n', 1)[0] as string;
  for (const column of ['ts,receivedAt,boot,seq,', ',"a,b"', ',text', ',flag', ',quality']) {
    assert.ok(columns.includes(column), columns);
  }
  await problemOf(server.api.get(`/devices/${large.deviceId}/telemetry/export`, { query }), 422);
});
