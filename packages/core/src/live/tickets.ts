import { randomBytes } from 'node:crypto';
import type { Identified } from '../identity/index.ts';
import { unauthenticated } from '../platform/errors.ts';

/** Seconds in which a ticket opens one live connection. */
export const TICKET_SECONDS = 30;
const MAXIMUM_TICKETS = 20_000;

export type LookAgain = Identified['lookAgain'];

/** Tickets keep the access token out of addresses, which land in logs: short, single use, bound to who asked for it. */
export interface Tickets {
  make(lookAgain: LookAgain): string;
  /** @throws MusterError `unauthenticated` for an unknown, used or old ticket */
  use(ticket: string): LookAgain;
}

export function createTickets(now: () => number = () => performance.now()): Tickets {
  const tickets = new Map<string, { lookAgain: LookAgain; until: number }>();
  return {
    make(lookAgain) {
      for (const [ticket, { until }] of tickets) {
        if (until > now() && tickets.size < MAXIMUM_TICKETS) break;
        tickets.delete(ticket);
      }
      const ticket = randomBytes(24).toString('base64url');
      tickets.set(ticket, { lookAgain, until: now() + TICKET_SECONDS * 1000 });
      return ticket;
    },
    use(ticket) {
      const known = tickets.get(ticket);
      tickets.delete(ticket);
      if (!known || known.until < now()) throw unauthenticated('The ticket is not valid any more. Ask for a new one.');
      return known.lookAgain;
    },
  };
}
