import type { Telemetry } from '../telemetry/index.ts';

/** Messages and points of the last second, and how much was committed at once. */
export interface Rates {
  messagesPerSecond: number;
  pointsPerSecond: number;
}

export interface RateMeter {
  readonly rates: Rates;
  /** Rates of one organization. */
  of(organization: number): Rates;
  stop(): void;
}

/** Looks once a second at the counters of ingest. */
export function createRateMeter(telemetry: Telemetry, everySecond: (meter: RateMeter) => void): RateMeter {
  let rates: Rates = { messagesPerSecond: 0, pointsPerSecond: 0 };
  let before = { at: performance.now(), messages: 0, points: 0 };
  let stored = new Map<number, number>();
  let perOrganization = new Map<number, number>();
  const meter: RateMeter = {
    get rates() {
      return rates;
    },
    of(organization) {
      const messagesPerSecond = perOrganization.get(organization) ?? 0;
      // points are counted for the installation; an organization's share is that of its messages
      const width = rates.messagesPerSecond > 0 ? rates.pointsPerSecond / rates.messagesPerSecond : 0;
      return { messagesPerSecond, pointsPerSecond: messagesPerSecond * width };
    },
    stop: () => clearInterval(timer),
  };
  const timer = setInterval(() => {
    const at = performance.now();
    const seconds = (at - before.at) / 1000;
    const { messages, points } = telemetry.figures;
    rates = {
      messagesPerSecond: (messages - before.messages) / seconds,
      pointsPerSecond: (points - before.points) / seconds,
    };
    before = { at, messages, points };
    const now = new Map<number, number>();
    perOrganization = new Map();
    for (const { number, count } of telemetry.channels.organizations()) {
      now.set(number, count.stored);
      perOrganization.set(number, (count.stored - (stored.get(number) ?? count.stored)) / seconds);
    }
    stored = now;
    everySecond(meter);
  }, 1000).unref();
  return meter;
}
