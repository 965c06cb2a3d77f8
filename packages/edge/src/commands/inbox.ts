import { deviceTopics } from '@muster/contract/mqtt';
import type { Time } from '../clock/moment.ts';
import type { Message } from '../message.ts';
import type { Command, CommandStore, Outcome } from './store.ts';

/** What one command does. */
export interface CommandHandler {
  /** It may be run again when the device went down while it ran. */
  isIdempotent: boolean;
  /** @returns what the server is told @throws Error whose message the server is told */
  run(params: unknown, command: Command): unknown;
}

export interface InboxOptions {
  deviceId: string;
  store: CommandStore;
  /** undefined: the device knows no such command. */
  handlerOf: (name: string) => CommandHandler | undefined;
  say: (message: Message) => Promise<void>;
  now: () => Time;
  /** When the time is known as well as it will be for now: before, nobody can tell what is expired. Default: at once. */
  timeKnown?: () => Promise<void>;
  /** Is this outcome to be told? For simulated devices that lose some. Default: all are. */
  isTold?: (command: Command) => boolean;
}

const REMEMBERED_MS = 30 * 86_400_000;
const REMEMBERED = 10_000;
const INTERRUPTED = 'interrupted: whether it took effect is not known';

/**
 * The commands of a device: each is kept before the broker hears that it was taken, run once, one after the other in
 * the order in which they came, and its outcome told until the broker has it.
 */
export class CommandInbox {
  readonly #options: InboxOptions;
  #waiting: Command[] = [];
  #untold: Command[] = [];
  #running: Promise<void> | undefined;
  #isTelling = false;
  /** The connection is new since the last attempt to tell. */
  #isBack = false;
  #isStopped = false;

  /** Commands that a process which is gone left behind are taken up again by {@link start}. */
  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Goes on with what was left; to be called once. */
  start(): void {
    for (const command of this.#options.store.unfinished()) {
      if (command.stage === 'running') this.#pickUp(command);
      else if (command.stage === 'waiting') this.#waiting.push(command);
      this.#untold.push(command);
    }
    this.#run();
  }

  /** A command from the broker; kept when this returns. */
  take(id: string, payload: string): void {
    const { store } = this.#options;
    const known = this.#find(id);
    if (known) {
      known.told = known.stage === 'done' ? 'taken' : 'nothing';
      if (!this.#untold.includes(known)) this.#untold.push(known);
      void this.#tell();
      return;
    }
    const now = this.#options.now().ts ?? Date.now();
    const command = read(id, payload, now);
    try {
      store.forget(now - REMEMBERED_MS, REMEMBERED - 1);
      store.add(command);
    } catch (error) {
      // it can not be kept, so it is not run: if it came again after a restart, nobody would know
      this.#answer(command, { state: 'failed', error: `not taken: ${(error as Error).message}` }).catch(
        () => undefined,
      );
      return;
    }
    this.#untold.push(command);
    this.#waiting.push(command);
    void this.#tell();
    this.#run();
  }

  /** The device is connected: what is untold is told. */
  online(): void {
    this.#isBack = true;
    void this.#tell();
  }

  /** Begins no further command. @returns when the one that runs is done */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  #find(id: string): Command | undefined {
    // one that is in hand is the same object everywhere
    return [...this.#untold, ...this.#waiting].find((command) => command.id === id) ?? this.#options.store.find(id);
  }

  /** It ran when the process ended. */
  #pickUp(command: Command): void {
    if (this.#options.handlerOf(command.name)?.isIdempotent) this.#waiting.push(command);
    else this.#finish(command, { state: 'failed', error: INTERRUPTED });
  }

  #run(): void {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined;
      // one that came as the last was done
      if (this.#waiting.length > 0 && !this.#isStopped) this.#run();
    });
  }

  async #runAll(): Promise<void> {
    for (let command = this.#waiting[0]; command && !this.#isStopped; command = this.#waiting[0]) {
      if (command.expiresAt !== null) await this.#options.timeKnown?.();
      if (this.#isStopped) return;
      const outcome = await this.#perform(command);
      this.#waiting.shift();
      this.#finish(command, outcome);
      void this.#tell();
    }
  }

  async #perform(command: Command): Promise<Outcome> {
    if (command.name === '') return { state: 'failed', error: 'malformed command' };
    if (this.#isExpired(command))
      return { state: 'failed', error: command.stage === 'running' ? INTERRUPTED : 'expired' };
    const handler = this.#options.handlerOf(command.name);
    if (!handler) return { state: 'failed', error: 'unknown command' };
    try {
      command.stage = 'running';
      this.#options.store.update(command);
    } catch (error) {
      return { state: 'failed', error: `not begun: ${(error as Error).message}` };
    }
    try {
      const result = await handler.run(command.params, command);
      return result === undefined ? { state: 'succeeded' } : { state: 'succeeded', result };
    } catch (error) {
      return { state: 'failed', error: error instanceof Error ? error.message : String(error) };
    }
  }

  #isExpired({ expiresAt }: Command): boolean {
    const { ts } = this.#options.now();
    return expiresAt !== null && ts !== undefined && ts >= expiresAt;
  }

  #finish(command: Command, outcome: Outcome): void {
    command.stage = 'done';
    command.outcome = outcome;
    this.#keep(command);
  }

  /** What the disk does not take is known until the process ends; then the command counts as interrupted. */
  #keep(command: Command): void {
    try {
      this.#options.store.update(command);
    } catch {
      // told all the same
    }
  }

  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#isBack = false;
    try {
      for (let next = this.#next(); next; next = this.#next()) await this.#tellOne(next);
    } catch {
      // the connection is gone: told when it is back
    } finally {
      this.#isTelling = false;
    }
    if (this.#isBack && this.#next()) void this.#tell();
  }

  #next(): Command | undefined {
    return this.#untold.find(({ stage, told }) => told === 'nothing' || (stage === 'done' && told === 'taken'));
  }

  async #tellOne(command: Command): Promise<void> {
    if (command.told === 'nothing') {
      await this.#answer(command, { state: 'acknowledged' });
      command.told = 'taken';
      this.#keep(command);
    } else if (command.outcome) {
      if (this.#options.isTold?.(command) !== false) await this.#answer(command, command.outcome);
      command.told = 'outcome';
      this.#keep(command);
      this.#untold = this.#untold.filter((one) => one !== command);
    }
  }

  #answer({ id }: Command, answer: Outcome | { state: 'acknowledged' }): Promise<void> {
    const topic = deviceTopics.commandResult(this.#options.deviceId, id);
    return this.#options.say({ topic, payload: JSON.stringify(answer) });
  }
}

/** A payload that is no command is kept as one without a name: it comes again otherwise. */
function read(id: string, payload: string, takenAt: number): Command {
  const command: Command = {
    ...{ id, name: '', params: {}, expiresAt: null, takenAt },
    ...{ stage: 'waiting', outcome: null, told: 'nothing' },
  };
  try {
    const { name, params = {}, expiresAt } = JSON.parse(payload) ?? {};
    const expires = typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt;
    if (typeof name !== 'string' || (expires != null && !Number.isFinite(expires))) return command;
    return { ...command, name, params, expiresAt: expires ?? null };
  } catch {
    return command;
  }
}
