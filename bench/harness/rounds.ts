import { percent, watchOthers } from './others.ts';

/** One round of a measurement, and how much of the machine other programs took meanwhile. */
export interface Round<T> {
  result: T;
  /** 0 to 1; 0 where it can't be told. */
  others: number;
}

/** Share of the machine up to which others do not matter. */
const QUIET = 0.08;

export async function measureRound<T>(work: () => Promise<T>): Promise<Round<T>> {
  const others = await watchOthers();
  const result = await work();
  return { result, others: (await others()) ?? 0 };
}

export const isQuiet = ({ others }: Round<unknown>): boolean => others <= QUIET;

/** The rounds that others disturbed least. */
export const quietest = <T>(rounds: readonly Round<T>[], wanted: number): Round<T>[] =>
  rounds.toSorted((one, other) => one.others - other.others).slice(0, wanted);

/** Which rounds were counted, in words. */
export function describeRounds(counted: readonly Round<unknown>[], all: readonly Round<unknown>[]): string {
  const most = Math.max(...counted.map(({ others }) => others));
  const from =
    all.length > counted.length ? `the ${counted.length} quietest of ${all.length} rounds` : `${all.length} rounds`;
  return `${from}; other programs took up to ${percent(most)} of the machine`;
}
