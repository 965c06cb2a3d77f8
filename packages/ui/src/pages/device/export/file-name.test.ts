import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportFileName, formatBytes } from './file-name.ts';

test('a file is named after its device and its range in UTC', () => {
  const from = Date.UTC(2026, 10, 21, 14, 6, 2);
  assert.equal(
    exportFileName('bench-5', from, from + 3_600_000, 'csv'),
    'bench-5 2026-11-21T14-06-02Z to 2026-11-21T15-06-02Z.csv',
  );
});

test('bytes are rounded to what people can compare', () => {
  assert.equal(formatBytes(999, 'en'), '999 bytes');
  assert.equal(formatBytes(12_340, 'en'), '12.3 kB');
  assert.equal(formatBytes(12_340_000, 'pl'), '12,3 MB');
});
