import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { tooMany, unavailable } from '../errors.ts';
import { createTurns } from '../turns.ts';

/** Seconds after which whoever was refused asks again. */
const RETRY_SECONDS = 5;

/** Work that holds a connection of the database for as long as somebody takes to read its answer. */
export type LongAnswers = <T>(call: { ctx: Context; request: FastifyRequest }, work: () => Promise<T>) => Promise<T>;

/**
 * Bounds such work. An organization that has its share under way already is refused; over all of them whoever comes then waits for a
 * turn, so that nobody is refused for what others do.
 * @param busy what is said to who has his share
 */
export function createLongAnswers(atOnce: number, ofOneOrganization: number, busy: string): LongAnswers {
  const inTurn = createTurns(atOnce);
  const shares = new Map<string, number>();

  return async ({ ctx: { organizationId }, request }, work) => {
    const share = shares.get(organizationId) ?? 0;
    if (share >= ofOneOrganization) throw tooMany(busy, RETRY_SECONDS);
    shares.set(organizationId, share + 1);
    try {
      return await inTurn(() => {
        // nobody is there any more to read it
        if (request.raw.socket.destroyed) throw unavailable('The connection was closed.', RETRY_SECONDS);
        return work();
      }, organizationId);
    } finally {
      const left = (shares.get(organizationId) ?? 1) - 1;
      if (left > 0) shares.set(organizationId, left);
      else shares.delete(organizationId);
    }
  };
}
