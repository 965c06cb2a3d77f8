import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { lockHead } from '../platform/audit.ts';
import type { Context } from '../platform/context.ts';
import { type Db, inAuthentication, inOrganization } from '../platform/db/store.ts';
import type { Log } from '../platform/log.ts';
import { newId } from '../platform/uuid.ts';
import type { AuditKey, Checkpoint } from './signing.ts';

/** Signs where the chains end, again and again, even when nothing happened. */
export interface Checkpoints {
  /** Signs now, for every organization whose trail can be signed. */
  take(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;

/** The second place for checkpoints: whoever sets back the database does not reach it. */
export const checkpointFile = (dataDir: string): string => join(dataDir, 'audit-checkpoints.ndjson');

export function createCheckpoints(db: Db, key: AuditKey, dataDir: string, log: Log): Checkpoints {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  async function takeAll(): Promise<void> {
    const organizations = await inAuthentication(db, (trx) =>
      trx.selectFrom('organizations').select(['id', 'number', 'slug']).orderBy('number').execute(),
    );
    for (const { id, number, slug } of organizations) {
      const ctx: Context = {
        organizationId: id,
        organizationSlug: slug,
        organizationNumber: number,
        actor: { kind: 'system', id: 'system', name: 'system' },
        grants: new Map(),
        requestId: newId(),
      };
      // of one organization whose trail is broken, the others are none the worse
      await sign(db, ctx, key)
        .then((checkpoint) => appendLine(checkpointFile(dataDir), checkpoint))
        .catch((error) => log.warn({ err: error, organizationId: id }, 'an audit trail could not be signed'));
    }
  }

  /** One after the other: the file keeps the order of the numbers. */
  function take(): Promise<void> {
    const taken = running.then(takeAll);
    running = taken.catch(() => undefined);
    return taken;
  }
  const tick = () => void take().catch((error) => log.warn({ err: error }, 'the audit trails could not be signed'));

  return {
    take,
    start() {
      tick();
      timer = setInterval(tick, EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

const sign = (db: Db, ctx: Context, key: AuditKey): Promise<Checkpoint> =>
  inOrganization(db, ctx, async (inside) => {
    const { organizationId } = ctx;
    const { seq, hash, checkpoints } = await lockHead(inside);
    const at = new Date();
    const number = checkpoints + 1;
    const checkpoint = key.sign({ organizationId, number, seq, hash, at: at.toISOString() });
    const { keyId, signature } = checkpoint;
    await inside.db
      .insertInto('audit_checkpoints')
      .values({ organization_id: organizationId, number, seq, hash, at, key_id: keyId, signature })
      .execute();
    await inside.db
      .updateTable('audit_heads')
      .set({ checkpoints: number })
      .where('organization_id', '=', organizationId)
      .execute();
    return checkpoint;
  });

async function appendLine(file: string, checkpoint: Checkpoint): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(`${JSON.stringify(checkpoint)}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
