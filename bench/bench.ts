/** What a figure is held against; `<` and `≤` are reached below it, `≥` above. */
export interface Target {
  sign: '<' | '≤' | '≥';
  value: number;
}

/** One figure. Without a target it is there to understand the others. */
export interface Measure {
  name: string;
  value: number;
  unit: string;
  target?: Target;
  /** The same figure of something else in the same run: `value` times it. */
  ratio?: { of: string; value: number; target?: Target };
}

/** What a bench gets from its surroundings. */
export interface BenchContext {
  /** Small and short: it shows that the bench works, its figures are worth nothing. */
  quick: boolean;
  /** Options of Node for the server under test, such as those of its profiler. */
  serverFlags: readonly string[];
  measured(measure: Measure): void;
  /** Something a reader of the figures must know. */
  note(text: string): void;
  /** What goes on; not part of the results. */
  progress(text: string): void;
}

/** One promise about speed. A result that is wrong (a message lost) is thrown; a target that is missed is a result. */
export interface Bench {
  name: string;
  title: string;
  run(ctx: BenchContext): Promise<void>;
}

/** Is the figure on the right side of its target? */
export function reached(value: number, { sign, value: target }: Target): boolean {
  if (sign === '<') return value < target;
  return sign === '≤' ? value <= target : value >= target;
}
