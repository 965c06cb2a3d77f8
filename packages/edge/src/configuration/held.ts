import { deviceTopics } from '@muster/contract/mqtt';
import type { Message } from '../message.ts';
import type { Configuration, ConfigurationStore, HeldState, Versioned } from './store.ts';

export interface HeldOptions {
  deviceId: string;
  store: ConfigurationStore;
  /** What is in force before the server has ever desired anything. */
  initial: Configuration;
  /** Why the device can not hold this one; undefined: it can. */
  check?: (configuration: Configuration) => string | undefined;
  /**
   * Brings one into force, done when it is: also the one before, when a new one does not hold, and at every start.
   * Doing it twice does it once.
   */
  apply: (configuration: Configuration) => void | Promise<void>;
  say: (message: Message) => Promise<void>;
  /** How long a new one has until the server has its report. Default a minute. */
  confirmMs?: number;
  /** How a desired version ended. */
  onSettled?: (version: number, outcome: 'held' | 'refused' | 'reverted', error?: string) => void;
}

/** Starts that one version gets: a restart may be a part of it, two are one too many. */
const MOST_TRIES = 2;

const RESTARTED = 'the device went down before the server could be reached';

/**
 * The configuration that a device holds. A new one is on trial until the server has acknowledged its report: if that
 * does not happen in time, or the device goes down twice meanwhile, what was before is in force again. At any moment
 * the disk says which of the two it is.
 */
export class HeldConfiguration {
  readonly #options: HeldOptions;
  #state: HeldState;
  #inForce: Versioned;
  #next: Versioned | undefined;
  #trial: Promise<void> | undefined;
  #isUnreported = true;
  #isReporting = false;
  /** The connection is new since the last attempt to report. */
  #isBack = false;
  #isStopped = false;
  #whenReported: ((version: number) => void) | undefined;
  #endTrial: (() => void) | undefined;

  constructor(options: HeldOptions) {
    this.#options = options;
    this.#state = options.store.load() ?? {
      confirmed: { version: 0, configuration: options.initial },
      tentative: null,
      failed: null,
    };
    this.#inForce = this.#state.confirmed;
  }

  /** What is in force: one on trial too, as soon as it is applied. */
  get inForce(): Versioned {
    return this.#inForce;
  }

  /** A version that could not be held, where the newest desired one is such. */
  get failed(): HeldState['failed'] {
    return this.#state.failed;
  }

  /** Brings into force what is held, as at every start; to be called once, before anything is heard. */
  async start(): Promise<void> {
    const { tentative } = this.#state;
    if (!tentative) await this.#options.apply(this.#state.confirmed.configuration);
    else if (tentative.tries < MOST_TRIES) this.#try(tentative, tentative.tries + 1);
    else await this.#revert(RESTARTED);
  }

  /** What the server desires. */
  take(payload: string): void {
    const desired = read(payload);
    if (!desired) return;
    const { confirmed, tentative, failed } = this.#state;
    if (desired.version <= Math.max(confirmed.version, tentative?.version ?? 0, failed?.version ?? 0)) {
      this.#isUnreported = true;
      void this.#report();
    } else if (this.#trial) {
      if (desired.version > (this.#next?.version ?? 0)) this.#next = desired;
    } else this.#consider(desired);
  }

  /** The device is connected: what is in force is reported if the server does not know it. */
  online(): void {
    this.#isBack = true;
    void this.#report();
  }

  /** Ends a trial without a verdict: the next start goes on with it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endTrial?.();
    await this.#trial;
  }

  #consider(desired: Versioned): void {
    const error = this.#options.check?.(desired.configuration);
    if (error === undefined) this.#try(desired, 1);
    else {
      this.#keep({ ...this.#state, failed: { version: desired.version, error, reverted: false } });
      this.#options.onSettled?.(desired.version, 'refused', error);
      this.#tellAnew();
    }
  }

  #try({ version, configuration }: Versioned, tries: number): void {
    const tentative = { version, configuration, tries };
    try {
      this.#save({ ...this.#state, tentative, failed: null });
    } catch (error) {
      const reason = `could not be kept: ${(error as Error).message}`;
      if (tries > 1) {
        this.#trial = this.#revert(reason).finally(() => this.#ended());
        return;
      }
      // on disk nothing has changed; it may be tried again when it comes again after a restart
      this.#state = { ...this.#state, failed: { version, error: reason, reverted: false } };
      this.#options.onSettled?.(version, 'refused', reason);
      this.#tellAnew();
      return;
    }
    this.#trial = this.#prove(tentative).finally(() => this.#ended());
  }

  async #prove(tentative: Versioned): Promise<void> {
    try {
      await this.#options.apply(tentative.configuration);
    } catch (error) {
      await this.#revert(said(error));
      return;
    }
    const { version, configuration } = tentative;
    this.#inForce = { version, configuration };
    if (this.#isStopped) return;
    const { confirmMs = 60_000 } = this.#options;
    const confirmed = await this.#confirmation(version, confirmMs);
    if (this.#isStopped && !confirmed) return;
    if (!confirmed) {
      await this.#revert(`the server could not be reached within ${confirmMs / 1000} s`);
      return;
    }
    this.#keep({ confirmed: { version, configuration }, tentative: null, failed: null });
    this.#options.onSettled?.(version, 'held');
  }

  /** Whether the server acknowledges a report that was made after the change, in time. */
  #confirmation(version: number, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isConfirmed: boolean) => {
        clearTimeout(timer);
        this.#whenReported = undefined;
        this.#endTrial = undefined;
        resolve(isConfirmed);
      };
      const timer = setTimeout(() => end(false), withinMs);
      this.#whenReported = (reported) => reported === version && end(true);
      this.#endTrial = () => end(false);
      this.#tellAnew();
    });
  }

  /** First the disk, then the device: whoever comes up in between finds what it must bring into force. */
  async #revert(error: string): Promise<void> {
    const { confirmed, tentative } = this.#state;
    const version = tentative?.version ?? 0;
    this.#keep({ confirmed, tentative: null, failed: { version, error, reverted: true } });
    try {
      await this.#options.apply(confirmed.configuration);
    } catch (also) {
      const both = `${error}; nor could what was before be brought back: ${said(also)}`;
      this.#keep({ confirmed, tentative: null, failed: { version, error: both, reverted: true } });
    }
    this.#inForce = confirmed;
    this.#options.onSettled?.(version, 'reverted', error);
    this.#tellAnew();
  }

  #ended(): void {
    this.#trial = undefined;
    const next = this.#next;
    this.#next = undefined;
    if (next && !this.#isStopped) this.take(JSON.stringify(next));
  }

  #save(state: HeldState): void {
    this.#options.store.save(state);
    this.#state = state;
  }

  /** What the disk does not take holds until the process ends; then the disk's older word is brought into force and tried on. */
  #keep(state: HeldState): void {
    try {
      this.#save(state);
    } catch {
      this.#state = state;
    }
  }

  #tellAnew(): void {
    this.#isUnreported = true;
    void this.#report();
  }

  async #report(): Promise<void> {
    if (this.#isReporting) return;
    this.#isReporting = true;
    this.#isBack = false;
    try {
      while (this.#isUnreported) {
        this.#isUnreported = false;
        const { version, configuration } = this.#inForce;
        const { failed } = this.#state;
        // a report that was under way before the change proves nothing about it
        const hear = this.#whenReported;
        const payload = JSON.stringify({ version, configuration, ...(failed && { failed }) });
        await this.#options.say({ topic: deviceTopics.configurationReported(this.#options.deviceId), payload });
        hear?.(version);
      }
    } catch {
      // the connection is gone: told when it is back
      this.#isUnreported = true;
    } finally {
      this.#isReporting = false;
    }
    if (this.#isBack && this.#isUnreported) void this.#report();
  }
}

const said = (error: unknown) => (error instanceof Error ? error.message : String(error));

function read(payload: string): Versioned | undefined {
  try {
    const { version, configuration } = JSON.parse(payload) ?? {};
    const isObject = typeof configuration === 'object' && configuration !== null && !Array.isArray(configuration);
    return Number.isSafeInteger(version) && version > 0 && isObject ? { version, configuration } : undefined;
  } catch {
    return undefined;
  }
}
