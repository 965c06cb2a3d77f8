import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { listen } from './listen.ts';

const listenOn = (port: number) =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

test('a free port is listened on', async () => {
  assert.ok((await listen('MUSTER_HTTP_PORT', 0, listenOn)) > 0);
});

test('of a taken port it is said which, what to set, and who holds it', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await assert.rejects(listen('MUSTER_MQTT_PORT', port, listenOn), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'conflict');
    assert.match(
      error.message,
      new RegExp(`^Port ${port} is taken.*\\. Set MUSTER_MQTT_PORT to a free port, or end what holds it\\.$`),
    );
    // who it is, where the system tells
    if (error.message.includes(' by ')) assert.match(error.message, new RegExp(`\\(process ${process.pid}\\)`));
    return true;
  });
});

test('a port that the user may not use is said so', async () => {
  const denied = () => Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' }));
  await assert.rejects(listen('MUSTER_HTTP_PORT', 80, denied), {
    code: 'forbidden',
    message: /Port 80 .*MUSTER_HTTP_PORT/,
  });
});

test('any other fault is passed on as it is', async () => {
  const fault = Object.assign(new Error('no such address'), { code: 'EADDRNOTAVAIL' });
  await assert.rejects(
    listen('MUSTER_HTTP_PORT', 80, () => Promise.reject(fault)),
    fault,
  );
});
