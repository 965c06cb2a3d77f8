import { type Stretch, subtract } from './gaps.ts';

/** A boolean or a text that held from `from` to `to` (ms); `value` null: it changed more often than the picture can show. */
export interface StateRun {
  from: number;
  to: number;
  value: boolean | string | null;
}

/** Runs of one boolean or text metric over a bounded stretch of time. Made by `createStateBuffer`. */
export interface StateBuffer {
  /**
   * Takes a value; one older than the newest is not drawn until the range is asked for again.
   * @param silence how long nothing may come before it is a gap, ms; Infinity: the list holds changes only
   */
  add(ts: number, value: boolean | string, silence: number): void;
  /** The newest value still held at this moment. */
  hold(ts: number): void;
  dropBefore(ts: number): void;
  /** By time. To be read, not changed. */
  runs(): readonly StateRun[];
}

/**
 * Keeps the runs of a metric. A run goes on until the next value, or ends where nothing came for too long.
 * @param step ms of one picture element: changes within it become one run of value null
 */
export const createStateBuffer = (step: number, maximumRuns: number): StateBuffer => {
  let runs: StateRun[] = [];

  const push = (run: StateRun) => {
    runs.push(run);
    if (runs.length > maximumRuns) runs.splice(0, runs.length - maximumRuns);
  };

  return {
    add: (ts, value, silence) => {
      const last = runs.at(-1);
      if (!last || ts - last.to > silence) {
        push({ from: ts, to: ts, value });
        return;
      }
      if (ts < last.to) return;
      last.to = ts;
      if (last.value === value) return;
      if (ts - last.from >= step) {
        push({ from: ts, to: ts, value });
        return;
      }
      last.value = null;
      const before = runs.at(-2);
      if (before?.value === null && before.to === last.from) {
        before.to = ts;
        runs.pop();
      }
    },
    hold: (ts) => {
      const last = runs.at(-1);
      if (last) last.to = Math.max(last.to, ts);
    },
    dropBefore: (ts) => {
      const first = runs.findIndex((run) => run.to >= ts);
      if (first > 0) runs = runs.slice(first);
      else if (first < 0) runs = [];
    },
    runs: () => runs,
  };
};

/** Runs without the stretches in which the device was silent. */
export const cutRuns = (runs: readonly StateRun[], silent: readonly Stretch[]): StateRun[] => {
  if (silent.length === 0) return [...runs];
  return runs.flatMap((run) => {
    if (run.to === run.from) return [run];
    return subtract([[run.from, run.to]], silent).map(([from, to]) => ({ from, to, value: run.value }));
  });
};

/** The run that holds at a moment. */
export const runAt = (runs: readonly StateRun[], ts: number): StateRun | null =>
  runs.findLast((run) => run.from <= ts && ts <= run.to) ?? null;
