// npm run bench [-- NAME … --quick --write --profile DIRECTORY]: the promises about speed, measured on this machine.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, BenchContext, Measure } from './bench.ts';
import { connections } from './connections.ts';
import { cleanUp } from './harness/clean-up.ts';
import { line } from './harness/lines.ts';
import { describeMachine } from './harness/machine.ts';
import { percent, watchOthers } from './harness/others.ts';
import { writeResults } from './harness/results.ts';
import { ingest } from './ingest.ts';
import { places } from './places.ts';
import { range } from './range.ts';
import { identity } from './sign-in.ts';
import { size } from './size.ts';
import { start } from './start.ts';
import { watchers } from './watchers.ts';

const benches: readonly Bench[] = [ingest, connections, watchers, range, size, start, identity, places];
const usage = `npm run bench -- [${benches.map(({ name }) => name).join(' | ')}] …
  --quick          small and short: shows that it works, its figures are worth nothing
  --write          keep the figures in bench/RESULTS.md
  --profile DIR    let the server write a CPU profile there, for Chromium's developer tools
`;

const { values: wish, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    write: { type: 'boolean' },
    profile: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const chosen = positionals.length === 0 ? benches : benches.filter(({ name }) => positionals.includes(name));
if (wish.help || chosen.length < new Set(positionals).size) {
  process.stderr.write(usage);
  process.exit(wish.help ? 0 : 2);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(130)));
}

const machine = await describeMachine();
process.stdout.write(`${machine}\n\n`);
for (const bench of chosen) {
  try {
    await runOne(bench);
  } catch (error) {
    process.stderr.write(`\n${bench.name} failed: ${(error as Error).stack}\n`);
    process.exitCode = 1;
  } finally {
    await cleanUp();
  }
}
process.exit();

async function runOne(bench: Bench): Promise<void> {
  const measures: Measure[] = [];
  const notes: string[] = [];
  const ctx: BenchContext = {
    quick: wish.quick ?? false,
    serverFlags: wish.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(wish.profile)}`],
    measured(measure) {
      measures.push(measure);
      process.stdout.write(`${line(bench.name, measure)}\n`);
    },
    note(text) {
      notes.push(text);
      process.stdout.write(`${bench.name.padEnd(12)} ${text}\n`);
    },
    progress: (text) => process.stderr.write(`${bench.name.padEnd(12)} … ${text}\n`),
  };
  const others = await watchOthers();
  await bench.run(ctx);
  const load = `other programs took ${percent(await others())} of the machine`;
  process.stdout.write(`${bench.name.padEnd(12)} In all, ${load}.\n\n`);
  if (!wish.write || ctx.quick) return;
  const file = join(import.meta.dirname, 'RESULTS.md');
  await writeResults(file, { bench, measures, notes, machine, load, date: new Date() });
}
