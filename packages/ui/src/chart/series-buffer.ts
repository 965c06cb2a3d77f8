/** One measured number at its own time in ms. */
export interface Sample {
  ts: number;
  value: number;
}

interface Bucket {
  key: number;
  /** By time; at most the lowest, the highest and the newest. */
  samples: Sample[];
}

/** Numbers of one metric over a bounded stretch of time. Made by `createSeriesBuffer`. */
export interface SeriesBuffer {
  /** Takes a value, in any order of time. */
  add(ts: number, value: number): void;
  /** Forgets what lies before `ts`, but for one bucket, from which the line enters the window. */
  dropBefore(ts: number): void;
  /** Every kept sample, by time. The list is the caller's, the samples are not. */
  samples(): Sample[];
  /** The newest sample by time. */
  last(): Sample | null;
  /** Kept samples, for a bound on memory. */
  size(): number;
}

/**
 * Keeps the lowest, the highest and the newest value of every `step` ms, so that hours of fast values stay as small as the
 * picture of them. With at most three values a step nothing is lost.
 * @param maximumBuckets oldest buckets go beyond it, whatever the clock of the device says
 */
export const createSeriesBuffer = (step: number, maximumBuckets: number): SeriesBuffer => {
  let buckets: Bucket[] = [];
  // Dropped buckets wait before `start` until enough of them are there to be worth a copy.
  let start = 0;

  const compact = () => {
    if (start < 512 && start < buckets.length) return;
    buckets = buckets.slice(start);
    start = 0;
  };

  const place = (key: number): Bucket => {
    let at = buckets.length;
    while (at > start && (buckets[at - 1]?.key ?? 0) > key) at--;
    const before = at > start ? buckets[at - 1] : undefined;
    if (before?.key === key) return before;
    const bucket: Bucket = { key, samples: [] };
    buckets.splice(at, 0, bucket);
    if (buckets.length - start > maximumBuckets) start++;
    compact();
    return bucket;
  };

  return {
    add: (ts, value) => fold(place(Math.floor(ts / step)).samples, { ts, value }),
    dropBefore: (ts) => {
      const key = Math.floor(ts / step);
      while (start + 1 < buckets.length && (buckets[start + 1]?.key ?? 0) < key) start++;
      compact();
    },
    samples: () => {
      const all: Sample[] = [];
      for (let i = start; i < buckets.length; i++) for (const sample of buckets[i]?.samples ?? []) all.push(sample);
      return all;
    },
    last: () => (buckets.length > start ? (buckets.at(-1)?.samples.at(-1) ?? null) : null),
    size: () => {
      let count = 0;
      for (let i = start; i < buckets.length; i++) count += buckets[i]?.samples.length ?? 0;
      return count;
    },
  };
};

const fold = (samples: Sample[], sample: Sample): void => {
  let at = samples.length;
  while (at > 0 && (samples[at - 1]?.ts ?? 0) > sample.ts) at--;
  if (samples[at - 1]?.ts === sample.ts && samples[at - 1]?.value === sample.value) return;
  samples.splice(at, 0, sample);
  if (samples.length <= 3) return;
  let low = 0;
  let high = 0;
  for (let i = 1; i < samples.length; i++) {
    const value = samples[i]?.value ?? 0;
    if (value < (samples[low]?.value ?? 0)) low = i;
    if (value > (samples[high]?.value ?? 0)) high = i;
  }
  const newest = samples.length - 1;
  for (let i = newest - 1; i >= 0; i--) {
    if (i !== low && i !== high) samples.splice(i, 1);
  }
};
