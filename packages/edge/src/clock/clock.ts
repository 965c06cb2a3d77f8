import { waitFor } from '../back-off.ts';
import type { AnchorStore } from './anchors.ts';
import { readBootId, sinceBoot } from './boot.ts';
import type { Moment, Time } from './moment.ts';

export interface ClockOptions {
  /** Keeps anchors over restarts. */
  anchors: AnchorStore;
  /** The server's time in ms since 1970, to the second. */
  askServer: () => Promise<number>;
  boot?: string;
  /** ms since the device started. */
  monotonic?: () => number;
  /** ms since 1970: the wall clock. */
  wall?: () => number;
  /** How long messages wait for the server's time once the device is connected. */
  patienceMs?: number;
}

const HOUR_MS = 3_600_000;
const RETRY = { firstMs: 2000, maximumMs: 60_000 };
/** A wall clock before this was never set: Muster did not exist. */
const EARLIEST = Date.UTC(2026, 0, 1);
/** The server tells whole seconds; a wall clock as near as this is finer than what it tells. */
const TRUSTED_MS = 1500;

/**
 * What time it is for a device whose wall clock may say 1970: the server's time, asked at the start and every hour,
 * and the time since the start, which nobody sets.
 */
export class DeviceClock {
  readonly boot: string;
  readonly #options: ClockOptions;
  readonly #monotonic: () => number;
  readonly #wall: () => number;
  #timer: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #running = false;
  #asking = false;
  #failures = 0;
  #whenSettled: PromiseWithResolvers<void> | undefined;
  #isPatienceOver = false;
  /** How long each earlier start lasted at least, in ms. */
  readonly #lengths = new Map<string, number>();

  constructor(options: ClockOptions) {
    this.#options = options;
    this.boot = options.boot ?? readBootId();
    this.#monotonic = options.monotonic ?? sinceBoot;
    this.#wall = options.wall ?? Date.now;
    options.anchors.begin(this.boot);
  }

  moment(): Moment {
    return { boot: this.boot, at: this.#monotonic(), wall: this.#wall() };
  }

  /** Whether the server has told its time since the device started. */
  get isAnchored(): boolean {
    return this.#options.anchors.of(this.boot) !== undefined;
  }

  /** Whether moments can be given the best time that they will get for now. */
  get isSettled(): boolean {
    return this.isAnchored || this.#isPatienceOver;
  }

  /** When {@link isSettled} comes true. */
  settled(): Promise<void> {
    if (this.isSettled) return Promise.resolve();
    this.#whenSettled ??= Promise.withResolvers();
    return this.#whenSettled.promise;
  }

  /** The time by now, as good as it is known. */
  now(): Time {
    return this.timeOf(this.moment());
  }

  timeOf(moment: Moment): Time {
    const { boot, at, wall } = moment;
    const anchor = this.#options.anchors.of(boot);
    if (anchor) return { ts: Math.round(anchor.time + at - anchor.at), certain: true };
    if (this.#isPlausible(moment)) return { ts: Math.round(wall), certain: false };
    if (boot === this.boot) return { ts: undefined, certain: false };
    const end = this.#latestEnd(boot);
    const age = (this.#lengths.get(boot) ?? at) - at;
    return { ts: end === undefined ? undefined : Math.round(end - age), certain: false };
  }

  /** An earlier start of the device went on at least until `at`. */
  noteLength(boot: string, at: number): void {
    this.#lengths.set(boot, Math.max(at, this.#lengths.get(boot) ?? 0));
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#ask();
  }

  /** The device is connected: the server's time is asked now, if it is not known yet. */
  online(): void {
    if (this.isSettled) return;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#isPatienceOver = true;
      this.#settle();
    }, this.#options.patienceMs ?? 15_000);
    void this.#ask();
  }

  offline(): void {
    clearTimeout(this.#patience);
    this.#isPatienceOver = false;
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
  }

  async #ask(): Promise<void> {
    if (this.#asking || !this.#running) return;
    this.#asking = true;
    clearTimeout(this.#timer);
    const before = this.#monotonic();
    let wait: number;
    try {
      const told = await this.#options.askServer();
      const at = this.#monotonic();
      if (!this.#running) return;
      // the middle of the second that it told, at the middle of the exchange
      const time = told + 500 + (at - before) / 2;
      const wall = this.#wall();
      const trusted = Math.abs(wall - time) <= TRUSTED_MS + (at - before);
      this.#options.anchors.set(this.boot, { at, time: trusted ? wall : time });
      this.#failures = 0;
      clearTimeout(this.#patience);
      this.#settle();
      wait = HOUR_MS;
    } catch {
      // away, or the disk is full: it is asked again, and said by what is uncertain until then
      wait = waitFor(this.#failures++, RETRY, Math.random);
    } finally {
      this.#asking = false;
    }
    if (this.#running) this.#timer = setTimeout(() => void this.#ask(), wait);
  }

  #settle(): void {
    this.#whenSettled?.resolve();
    this.#whenSettled = undefined;
  }

  /** Whether the wall clock can have been right: not before what was known already, not ahead of what is known now. */
  #isPlausible({ boot, wall }: Moment): boolean {
    const { anchors } = this.#options;
    if (wall < Math.max(EARLIEST, anchors.before(boot)?.time ?? 0)) return false;
    const anchor = anchors.of(this.boot);
    return anchor === undefined || wall <= anchor.time + this.#monotonic() - anchor.at;
  }

  /** The latest that a start can have ended: when the next one of which something is known began. */
  #latestEnd(boot: string): number | undefined {
    const later = this.#options.anchors.after(boot);
    let spent = 0;
    for (const next of later) {
      const anchor = this.#options.anchors.of(next);
      if (anchor) return anchor.time - anchor.at - spent;
      if (next === this.boot) {
        const moment = this.moment();
        return this.#isPlausible(moment) ? moment.wall - moment.at - spent : undefined;
      }
      spent += this.#lengths.get(next) ?? 0;
    }
    return undefined;
  }
}
