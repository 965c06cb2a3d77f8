import { type Db, inAuthentication } from '../platform/db/store.ts';

/** When sessions were used last: in memory at once, in the store a minute later at most, so that no request waits for it. */
export interface LastUse {
  /** The newest use that is known, ms since 1970. @param stored what the store says */
  of(sessionId: string, stored: number): number;
  /** @param at ms since 1970; an earlier one than is known changes nothing */
  note(sessionId: string, at: number): void;
  forget(sessionId: string): void;
}

const WRITTEN_MS = 60_000;
const MAXIMUM_KNOWN = 50_000;

export function createLastUse(db: Db): LastUse {
  const known = new Map<string, { at: number; written: number }>();

  function write(sessionId: string, at: number): void {
    inAuthentication(db, (trx) =>
      trx
        .updateTable('sessions')
        .set({ last_used_at: new Date(at) })
        .where('id', '=', sessionId)
        .where('last_used_at', '<', new Date(at))
        .execute(),
    ).catch(() => undefined);
  }

  return {
    of: (sessionId, stored) => Math.max(stored, known.get(sessionId)?.at ?? 0),
    note(sessionId, at) {
      const use = known.get(sessionId) ?? { at: 0, written: 0 };
      if (at <= use.at) return;
      use.at = at;
      if (known.size > MAXIMUM_KNOWN) known.clear();
      known.set(sessionId, use);
      if (at - use.written < WRITTEN_MS) return;
      use.written = at;
      write(sessionId, at);
    },
    forget: (sessionId) => known.delete(sessionId),
  };
}
