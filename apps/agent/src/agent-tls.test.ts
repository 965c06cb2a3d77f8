import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Authority, openAuthority, writePair } from '@muster/core/platform/tls/authority';
import { bodyOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { until } from '@muster/testkit/until';
import { endAgents, startAgent } from './testing/agent-process.ts';

const place = mkdtempSync(join(tmpdir(), 'muster-agent-tls-'));
let authority: Authority;
let server: TestServer;

before(async () => {
  authority = await openAuthority(place);
  const files = { cert: join(place, 'own.pem'), key: join(place, 'own-key.pem') };
  await writePair(files, await authority.issue(['localhost', '127.0.0.1']));
  // this process trusts it, the agent does not
  setDefaultCACertificates([...getCACertificates(), authority.cert]);
  const environment = { MUSTER_TLS_CERT: files.cert, MUSTER_TLS_KEY: files.key, MUSTER_MQTTS_PORT: '0' };
  server = await startTestServer({ environment });
});
afterEach(endAgents);
after(async () => {
  await server.stop();
  rmSync(place, { recursive: true });
});

const ca = ['--ca', join(place, 'ca.pem')];

test('a certificate that nobody vouches for is refused; with the authority named, all goes through TLS', async () => {
  const directory = join(place, 'secure');
  const body = { name: 'Computers', type: 'linux' };
  const { secret } = await bodyOf(server.api.post<{ secret: string }>('/enrollment-tokens', body), 201);
  assert.match(server.mqtt, /^mqtts:/);
  const enroll = ['enroll', '--server', server.http, '--mqtt', server.mqtt, '--token', secret, '--id', 'secure'];
  const careless = startAgent(directory, enroll);
  assert.equal(await careless.ended, '78');
  assert.match(careless.output(), /can not be reached: .*certificate/);
  const careful = startAgent(directory, [...enroll, ...ca]);
  assert.equal(await careful.ended, '0', careful.output());
  const own = startAgent(directory, ['run']);
  const stored = async () => {
    const query = 'select 1 from telemetry t join devices d on d.number = t.device where d.device_id = $1';
    return (await server.admin(query, ['secure'])).length > 0;
  };
  await until(stored, 'its first message is stored');
  own.child.kill('SIGTERM');
  assert.equal(await own.ended, '0', own.output());
});

/** A server that lets people approve devices, as far as a device sees it. */
async function startApproval(answers: object[]) {
  const asked: string[] = [];
  const { cert, key } = await authority.issue(['127.0.0.1']);
  const approval = createServer({ cert, key }, (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const isFirst = request.method === 'POST';
    const said = isFirst ? { requestId: 'r 1', pairingCode: '482 913' } : answers.shift();
    request.resume().on('end', () => {
      response.writeHead(isFirst ? 202 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    });
  });
  approval.listen(0, '127.0.0.1');
  await once(approval, 'listening');
  const stop = () => new Promise((resolve) => approval.close(resolve));
  return { url: `https://127.0.0.1:${(approval.address() as AddressInfo).port}`, asked, stop };
}

test('where a token asks for approval, it shows its code and waits', async () => {
  const directory = join(place, 'waits');
  const registered = { deviceId: 'pi-9', username: 'acme/pi-9', token: 'md_x' };
  const approval = await startApproval([{ state: 'pending' }, { state: 'approved', ...registered }]);
  const own = startAgent(directory, ['enroll', '--server', approval.url, '--token', 'me_x', '--id', 'pi-9', ...ca]);
  assert.equal(await own.ended, '0', own.output());
  await approval.stop();
  assert.match(own.output(), /code of this computer is 482 913/);
  const poll = 'GET /api/v1/provisioning/requests/r%201 Bearer me_x';
  assert.deepEqual(approval.asked, ['POST /api/v1/provisioning/register Bearer me_x', poll, poll]);
  const identity = JSON.parse(readFileSync(join(directory, 'identity.json'), 'utf8'));
  assert.deepEqual(
    [identity.organization, identity.deviceId, identity.mqtt],
    ['acme', 'pi-9', 'mqtts://127.0.0.1:8883'],
  );
  assert.equal(readFileSync(join(directory, 'token'), 'utf8'), 'md_x\n');
});

test('a request that is rejected ends the waiting', async () => {
  const approval = await startApproval([{ state: 'rejected' }]);
  const own = startAgent(join(place, 'no'), ['enroll', '--server', approval.url, '--token', 'me_x', ...ca]);
  assert.equal(await own.ended, '78');
  await approval.stop();
  assert.match(own.output(), /The request was rejected/);
});
