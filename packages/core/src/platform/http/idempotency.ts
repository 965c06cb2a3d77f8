import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { type Db, inOrganization } from '../db/store.ts';
import { conflict, invalid } from '../errors.ts';
import type { Secret } from '../secret.ts';

const KEPT = '24 hours';
/** A request that holds its key longer than this has died: the key is free again. */
const ABANDONED = '1 minute';

type Caller = FastifyRequest & { context?: Context; idempotencyKey?: string };

/**
 * Honours `Idempotency-Key` on POST: the same request sent again gets the first answer, and does nothing. Answers are kept
 * encrypted, for one may hold a token.
 */
export function honourIdempotencyKeys(app: FastifyInstance, db: Db, secret: Secret): void {
  app.addHook('preHandler', async (request: Caller, reply) => {
    const key = request.headers['idempotency-key'];
    const { context } = request;
    if (request.method !== 'POST' || typeof key !== 'string' || !context) return;
    if (key.length === 0 || key.length > 255) throw invalid('Idempotency-Key must have 1 to 255 characters.');
    const fingerprint = createHash('sha256')
      .update(`${request.url}\n`)
      .update(Buffer.isBuffer(request.body) ? request.body : JSON.stringify(request.body ?? null))
      .digest('hex');
    const kept = await claim(db, context, key, fingerprint);
    if (!kept) {
      request.idempotencyKey = key;
      return;
    }
    if (kept.fingerprint !== fingerprint) throw invalid('This Idempotency-Key was used for another request.');
    if (kept.status === null) throw conflict('The request with this Idempotency-Key is still under way.');
    const body = secret.unwrap(nameOf(context, key), kept.body as string).toString();
    reply.header('idempotency-replayed', 'true').code(kept.status);
    if (body === '') return reply.send();
    return reply
      .type('application/json')
      .serializer((text: string) => text)
      .send(body);
  });

  app.addHook('onSend', async (request: Caller, reply, payload) => {
    const { idempotencyKey: key, context } = request;
    if (key === undefined || !context) return payload;
    const text = typeof payload === 'string' ? payload : '';
    await finish(db, context, key, reply.statusCode, secret.wrap(nameOf(context, key), Buffer.from(text)));
    return payload;
  });
}

interface Kept {
  fingerprint: string;
  status: number | null;
  body: unknown;
}

/** Takes the key for this request; answers what is kept when it is taken. */
function claim(db: Db, context: Context, key: string, fingerprint: string): Promise<Kept | undefined> {
  return inOrganization(db, context, async ({ db: trx }) => {
    await sql`delete from idempotency_keys where created_at < now() - ${KEPT}::interval
      or (status is null and created_at < now() - ${ABANDONED}::interval)`.execute(trx);
    const row = { organization_id: context.organizationId, actor_id: context.actor.id, key, fingerprint };
    const inserted = await trx
      .insertInto('idempotency_keys')
      .values(row)
      .onConflict((on) => on.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 1n) return undefined;
    return trx
      .selectFrom('idempotency_keys')
      .select(['fingerprint', 'status', 'body'])
      .where('actor_id', '=', context.actor.id)
      .where('key', '=', key)
      .executeTakeFirst();
  });
}

/** A success is kept; a failure frees the key, for trying again is what it is for. */
function finish(db: Db, context: Context, key: string, status: number, body: string): Promise<void> {
  return inOrganization(db, context, async ({ db: trx }) => {
    if (status >= 200 && status < 300) {
      const update = trx.updateTable('idempotency_keys').set({ status, body: JSON.stringify(body) });
      await update.where('actor_id', '=', context.actor.id).where('key', '=', key).execute();
      return;
    }
    const remove = trx.deleteFrom('idempotency_keys').where('actor_id', '=', context.actor.id).where('key', '=', key);
    await remove.where('status', 'is', null).execute();
  });
}

const nameOf = (context: Context, key: string) => `${context.organizationId} ${context.actor.id} ${key}`;
