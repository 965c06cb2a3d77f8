import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

/** Far more than any of them takes, and far less than a pattern that tries every way to divide its input. */
const DEADLINE_MS = 10_000;
const LENGTH = 100_000;

/** What makes a pattern try again and again: long runs of what it likes, and an end that it does not. */
const hostile = [
  'a',
  'A',
  '0',
  '-',
  '.',
  '_',
  ' ',
  '\t',
  ':',
  '/',
  '@',
  'aA',
  'a-',
  'a.',
  '0a',
  '00:',
  'é',
  '😀',
].flatMap((run) => ['', '!', '\n', '\0'].map((end) => run.repeat(LENGTH / run.length) + end));

const document = readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8');
const patterns = [
  ...new Set([...document.matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text as string))),
];

test('no pattern of the interface takes long over what is made to slow it down', async () => {
  assert.ok(patterns.length >= 8, `${patterns.length} patterns`);
  const script = `const { workerData, parentPort } = require('node:worker_threads');
    for (const pattern of workerData.patterns) { parentPort.postMessage(pattern); const regex = new RegExp(pattern, 'u'); for (const text of workerData.hostile) regex.test(text); }`;
  const worker = new Worker(script, { eval: true, workerData: { patterns, hostile } });
  let last: unknown;
  worker.on('message', (pattern) => {
    last = pattern;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${last} did not end within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('exit', () => resolve());
    worker.once('error', reject);
  });
  await Promise.race([ended, late]).finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
});
