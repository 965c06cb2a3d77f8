/** How a command ended. */
export interface Outcome {
  state: 'succeeded' | 'failed';
  result?: unknown;
  error?: string;
}

export interface Command {
  readonly id: string;
  readonly name: string;
  readonly params: unknown;
  /** ms since 1970; null: it never expires. */
  readonly expiresAt: number | null;
  /** ms since 1970, as the device knew it. */
  readonly takenAt: number;
  stage: 'waiting' | 'running' | 'done';
  outcome: Outcome | null;
  /** What the server has acknowledged: nothing, that it was taken, how it ended. */
  told: 'nothing' | 'taken' | 'outcome';
}

/** Commands in the order in which they came. */
export interface CommandStore {
  find(id: string): Command | undefined;
  /** Those that wait, run, or have something untold. */
  unfinished(): Command[];
  /** Keeps a new command. @throws what the disk says; nothing is kept then */
  add(command: Command): void;
  /** Keeps its stage, outcome and what was told. @throws what the disk says */
  update(command: Command): void;
  /** Forgets commands that are done and told: those taken before, and the oldest beyond so many in all. */
  forget(before: number, most: number): void;
}

const isSettled = ({ stage, told }: Command) => stage === 'done' && told === 'outcome';

/** For simulated devices: it does not outlive the process. */
export function memoryCommands(): CommandStore {
  const commands = new Map<string, Command>();
  return {
    find: (id) => commands.get(id),
    unfinished: () => [...commands.values()].filter((command) => !isSettled(command)),
    add: (command) => void commands.set(command.id, command),
    update: () => undefined,
    forget(before, most) {
      for (const command of commands.values()) {
        if (command.takenAt >= before && commands.size <= most) return;
        if (isSettled(command)) commands.delete(command.id);
      }
    },
  };
}
