import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExporter } from './task.ts';

const stream = (texts: string[]) => new Blob(texts).stream();

test('an export counts bytes and rows and hands over the whole file', async () => {
  const exporter = createExporter();
  let saved: Blob[] = [];
  let name = '';
  await exporter.start({
    fileName: 'bench-5.csv',
    heading: true,
    open: async () => stream(['ts,p1\r\n', '1,2\r\n2,3', '\r\n3,4\r\n']),
    save: (parts, fileName) => {
      name = fileName;
      saved = parts;
    },
  });
  assert.equal(exporter.progress()?.state, 'done');
  assert.equal(exporter.progress()?.rows, 3);
  assert.equal(exporter.progress()?.bytes, 22);
  assert.equal(name, 'bench-5.csv');
  assert.equal(await new Blob(saved).text(), 'ts,p1\r\n1,2\r\n2,3\r\n3,4\r\n');
});

test('an export can be cancelled, saves nothing then, and another can start', async () => {
  const exporter = createExporter();
  let saves = 0;
  const endless = (signal: AbortSignal) =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) controller.error(signal.reason);
        else controller.enqueue(new TextEncoder().encode('1,2\r\n'));
      },
    });
  const running = exporter.start({
    fileName: 'a.csv',
    heading: false,
    open: async (signal) => endless(signal),
    save: () => saves++,
  });
  await new Promise((resolve) => setImmediate(resolve));
  exporter.cancel();
  await running;
  assert.equal(exporter.progress()?.state, 'cancelled');
  assert.equal(saves, 0);
  await exporter.start({ fileName: 'b.csv', heading: false, open: async () => stream(['1\n']), save: () => saves++ });
  assert.equal(exporter.progress()?.fileName, 'b.csv');
  assert.equal(saves, 1);
  exporter.dismiss();
  assert.equal(exporter.progress(), null);
});

test('a failure keeps its reason', async () => {
  const exporter = createExporter();
  await exporter.start({
    fileName: 'a.csv',
    heading: false,
    open: () => Promise.reject(new Error('store away')),
    save: () => assert.fail('saved'),
  });
  assert.equal(exporter.progress()?.state, 'failed');
  assert.match(String(exporter.progress()?.error), /store away/);
});
