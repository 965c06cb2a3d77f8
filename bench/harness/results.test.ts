import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Results } from './results.ts';
import { writeResults } from './results.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-results-'));
});
after(() => rm(directory, { recursive: true, force: true }));

const results = (name: string, value: number): Results => ({
  bench: { name, title: `Title of ${name}`, run: async () => undefined },
  measures: [{ name: 'figure', value, unit: 'ms' }],
  notes: ['a note'],
  machine: 'a machine',
  load: 'other programs took 0 % of the machine',
  date: new Date('2026-11-21T06:38:09Z'),
});

test('a bench replaces its own section and leaves the others and the head as they are', async () => {
  const file = join(directory, 'RESULTS.md');
  await writeFile(file, '# Results\n\nBy hand.\n');
  await writeResults(file, results('one', 1));
  await writeResults(file, results('two', 2));
  await writeResults(file, results('one', 3));
  const text = await readFile(file, 'utf8');
  assert.match(text, /^# Results\n\nBy hand\.\n\n## one: Title of one\n/);
  assert.match(text, /figure \| 3 ms/);
  assert.match(text, /figure \| 2 ms/);
  assert.doesNotMatch(text, /figure \| 1 ms/);
  assert.equal(text.match(/^## /gm)?.length, 2);
});

test('machine, date, load and command stand with the figures', async () => {
  const file = join(directory, 'fresh.md');
  await writeResults(file, results('one', 1));
  const text = await readFile(file, 'utf8');
  for (const fact of [
    'npm run bench -- one',
    '2026-11-21 06:38 UTC',
    'other programs took 0 % of the machine',
    'a machine',
    '- a note',
  ]) {
    assert.ok(text.includes(fact), fact);
  }
});
