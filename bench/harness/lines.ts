import { type Measure, reached, type Target } from '../bench.ts';

/** A figure as people read it: three significant digits, thousands apart. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString('en');
}

const target = ({ sign, value }: Target) => `${sign} ${figure(value)}`;
const verdict = (value: number, wanted: Target) => (reached(value, wanted) ? 'reached' : 'missed');

/** Name, value, target, reached or missed, ratio: as cells. */
export function cells({ name, value, unit, target: wanted, ratio }: Measure): string[] {
  const against = ratio
    ? `${ratio.value.toFixed(2)} × ${ratio.of}${ratio.target ? ` (${target(ratio.target)}: ${verdict(ratio.value, ratio.target)})` : ''}`
    : '';
  return [
    name,
    `${figure(value)} ${unit}`,
    wanted ? target(wanted) : '',
    wanted ? verdict(value, wanted) : '',
    against,
  ];
}

/** One line for the terminal. */
export const line = (bench: string, measure: Measure): string =>
  `${bench.padEnd(12)} ${cells(measure)
    .map((cell, column) => (column === 0 ? cell.padEnd(62) : column === 1 ? cell.padStart(20) : cell))
    .filter((cell) => cell !== '')
    .join('  ')}`;
