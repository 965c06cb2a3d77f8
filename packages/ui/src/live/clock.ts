/** Measures how far the server's clock is ahead of the screen's, by pings: the median of the last ones. */
export interface ClockMeter {
  /** One ping: when it left and came back by the screen's clock, and the server's clock between. All ms since 1970. */
  measured(sentAt: number, backAt: number, serverAt: number): void;
  /** Server time minus screen time, ms; 0 until measured. */
  offset(): number;
  /** Time there and back, ms; null until measured. */
  roundTrip(): number | null;
}

const KEPT = 9;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

export const createClockMeter = (): ClockMeter => {
  const offsets: number[] = [];
  const trips: number[] = [];
  return {
    measured(sentAt, backAt, serverAt) {
      offsets.push(serverAt - (sentAt + backAt) / 2);
      trips.push(backAt - sentAt);
      if (offsets.length > KEPT) offsets.shift();
      if (trips.length > KEPT) trips.shift();
    },
    offset: () => (offsets.length > 0 ? median(offsets) : 0),
    roundTrip: () => (trips.length > 0 ? median(trips) : null),
  };
};
