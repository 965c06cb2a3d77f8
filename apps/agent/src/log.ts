export interface Log {
  say(words: string): void;
  /** The newest lines, oldest first; so many bytes of them at most. */
  newest(lines: number, bytes: number): string[];
}

const KEPT_LINES = 1000;

/** What the agent says: to standard error, where the journal has it, and the newest lines for `collect-log`. */
export function createLog(): Log {
  const kept: string[] = [];
  return {
    say(words) {
      const line = `${new Date().toISOString()} ${words}`;
      process.stderr.write(`${words}\n`);
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
    },
    newest(lines, bytes) {
      const chosen: string[] = [];
      let size = 0;
      for (const line of kept.slice(-lines).reverse()) {
        size += Buffer.byteLength(line) + 1;
        if (size > bytes) break;
        chosen.push(line);
      }
      return chosen.reverse();
    },
  };
}
