import { type Audited, audit } from './audit.ts';
import type { Context } from './context.ts';
import { type Db, inOrganization } from './db/store.ts';
import type { Log } from './log.ts';

/** What was refused to people, in the audit trail, within bounds: a flood fills no disk. */
export interface Refusals {
  /** Never fails: the refusal stands, whether it could be written down or not. */
  note(ctx: Context, refused: Audited): Promise<void>;
  /** Writes what was only counted so far. */
  stop(): Promise<void>;
}

/** Refusals of one actor in a window that get an entry each; the others share one, written when the window ends. */
export const ENTRIES_PER_WINDOW = 20;
const WINDOW_MS = 60_000;

interface Window {
  ctx: Context;
  written: number;
  counted: number;
  timer: NodeJS.Timeout;
}

export function createRefusals(db: Db, log: Log): Refusals {
  const windows = new Map<string, Window>();

  const write = (ctx: Context, refused: Audited) =>
    inOrganization(db, ctx, (inside) => audit(inside, { ...refused, result: 'refused' })).catch((error) =>
      log.warn({ err: error, action: refused.action }, 'a refusal could not be written into the audit trail'),
    );

  async function close(key: string): Promise<void> {
    const window = windows.get(key);
    if (!window) return;
    windows.delete(key);
    clearTimeout(window.timer);
    const { ctx, counted } = window;
    if (counted === 0) return;
    const object = `${ctx.actor.kind}:${ctx.actor.id}`;
    await write(ctx, { action: 'access.refused_more', object, details: { count: counted } });
  }

  return {
    async note(ctx, refused) {
      const key = `${ctx.organizationId}/${ctx.actor.kind}/${ctx.actor.id}`;
      let window = windows.get(key);
      if (!window) {
        window = { ctx, written: 0, counted: 0, timer: setTimeout(() => void close(key), WINDOW_MS).unref() };
        windows.set(key, window);
      }
      if (window.written >= ENTRIES_PER_WINDOW) {
        window.counted++;
        return;
      }
      window.written++;
      await write(ctx, refused);
    },
    async stop() {
      await Promise.all([...windows.keys()].map(close));
    },
  };
}
