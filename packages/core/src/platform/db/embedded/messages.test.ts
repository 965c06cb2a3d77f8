import assert from 'node:assert/strict';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makePipe, readMessages } from './messages.ts';
import { recorder, temporary } from './testing.ts';

test('lines of PostgreSQL reach the log with their level, process and code, whole and without the secret', async (t) => {
  const path = join(temporary(t), 'messages');
  await makePipe(path, { account: undefined, capability: undefined });
  const log = recorder();
  const messages = readMessages(path, log, 's3cret');
  const lines = [
    '7 00000 postmaster: LOG:  ready',
    '7 53100 checkpointer: ERROR:  No space left on device',
    '8 23505 client backend: ERROR:  duplicate key',
    '9 57P01 client backend: FATAL:  terminating connection due to administrator command',
    '7 01000 startup: WARNING:  the s3cret word',
    '7 XX001 startup: FATAL:  could not open file',
    'error while loading shared libraries',
  ];
  const bytes = Buffer.from(`${lines.join('\n')}\n${'x'.repeat(30_000)}\n`);
  for (let at = 0; at < bytes.length; at += 1_000) writeSync(messages.writer, bytes.subarray(at, at + 1_000));
  messages.closeWriter();
  await messages.ended;
  assert.deepEqual(
    log.lines.slice(0, 7).map((line) => line.replace('"component":"postgresql"', '')),
    [
      'info ready {,"process":"postmaster","pid":7}',
      'error No space left on device {,"process":"checkpointer","pid":7,"code":"53100"}',
      'warn duplicate key {,"process":"client backend","pid":8,"code":"23505"}',
      'info terminating connection due to administrator command {,"process":"client backend","pid":9,"code":"57P01"}',
      'warn the [removed] word {,"process":"startup","pid":7,"code":"01000"}',
      'error could not open file {,"process":"startup","pid":7,"code":"XX001"}',
      'warn error while loading shared libraries {}',
    ],
  );
  assert.equal(log.lines.length, 8);
  assert.ok((log.lines[7] as string).length < 20_000);
});
