import { readFile, writeFile } from 'node:fs/promises';
import type { Bench, Measure } from '../bench.ts';
import { cells } from './lines.ts';

/** What one bench found, for RESULTS.md. */
export interface Results {
  bench: Bench;
  measures: readonly Measure[];
  notes: readonly string[];
  machine: string;
  load: string;
  date: Date;
}

const HEADINGS = ['measure', 'value', 'target', 'verdict', 'beside it'];

/** Replaces the section of this bench and leaves the others, and whatever else stands in the file, as they are. */
export async function writeResults(file: string, results: Results): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '# Results\n');
  const heading = `## ${results.bench.name}: `;
  const pieces = before.split(/^(?=## )/m);
  const section = sectionOf(heading, results);
  const at = pieces.findIndex((piece) => piece.startsWith(heading));
  if (at >= 0) pieces[at] = section;
  else pieces.push(section);
  await writeFile(file, `${pieces.map((piece) => piece.trim()).join('\n\n')}\n`);
}

function sectionOf(heading: string, { bench, measures, notes, machine, load, date }: Results): string {
  const row = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  return [
    `${heading}${bench.title}`,
    '',
    `\`npm run bench -- ${bench.name} --write\`, ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${load}  `,
    machine,
    '',
    row(HEADINGS),
    row(HEADINGS.map(() => '---')),
    ...measures.map((measure) => row(cells(measure))),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `- ${note}`)] : []),
  ].join('\n');
}
