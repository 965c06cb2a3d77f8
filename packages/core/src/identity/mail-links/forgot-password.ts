import { sql } from 'kysely';
import { isReachable, type Outbox } from '../../mail/index.ts';
import { audit } from '../../platform/audit.ts';
import { type Db, inAuthentication, inOrganization } from '../../platform/db/store.ts';
import type { Log } from '../../platform/log.ts';
import { type Account, contextFor, readAccount } from '../account.ts';
import type { Caller } from '../caller.ts';
import { createThrottle } from '../throttle.ts';
import { readReader, sendLink, wroteEnough } from './link.ts';

/** Whose password was forgotten. */
export interface Forgotten {
  /** User name or mail address. */
  username: string;
  organization?: string;
}

/** Sends links for new passwords. */
export interface ForgotPassword {
  /**
   * Answers before anything is looked up: neither the answer nor its time says whether there is such an account.
   * @throws MusterError `too_many`, by the name as it was typed and the source
   */
  ask(input: Forgotten, caller: Caller): void;
  /** What was asked for is written down. */
  stop(): Promise<void>;
}

/** Requests that wait for their turn; who comes then gets the same answer and no letter. */
const MOST_WAITING = 200;
/** One name or address in so many organizations gets a letter from each. */
const MOST_ACCOUNTS = 5;

export function createForgotPassword(db: Db, outbox: Outbox, log: Log): ForgotPassword {
  // counted apart: who asks has not failed to sign in, and his colleagues behind the same address need not wait
  const throttle = createThrottle();
  let waiting = 0;
  let last = Promise.resolve();

  async function work(input: Forgotten, caller: Caller): Promise<void> {
    for (const user of await findUsers(db, input)) await write(user, caller);
  }

  const write = (user: Account, caller: Caller) => {
    // nobody is signed in: that it was he who asked is not known
    const actor = { kind: 'system', id: 'system', name: 'system' } as const;
    return inOrganization(db, { ...contextFor(user, caller), actor }, async (inside) => {
      const reader = await readReader(inside, user.id);
      if (!isReachable(reader.address) || (await wroteEnough(inside, user.id, 'password-reset'))) return;
      await sendLink(inside, reader, 'password-reset', outbox);
      await audit(inside, { action: 'auth.password_reset_asked', object: `user:${user.id}` });
    });
  };

  return {
    ask(input, caller) {
      const account = `${input.organization ?? ''}/${input.username}`;
      throttle.check(account, caller.address);
      // every request counts: there is no such thing as a right one
      throttle.failed(account, caller.address);
      if (!outbox.enabled || waiting >= MOST_WAITING) return;
      waiting++;
      last = last
        .then(() => work(input, caller))
        .catch((error) => log.warn({ err: error, reqId: caller.requestId }, 'a link for a new password was not sent'))
        .then(() => void waiting--);
    },
    stop: () => last,
  };
}

const findUsers = (db: Db, { username, organization }: Forgotten): Promise<Account[]> =>
  inAuthentication(db, async (trx) => {
    const { rows } = await sql<{ id: string }>`
      select u.id from sign_in_names n join users u on u.organization_id = n.organization_id and u.id = n.user_id
      join organizations o on o.id = u.organization_id
      where n.name = lower(${username}) and u.status = 'active'
        and (${organization ?? null}::text is null or o.slug = ${organization ?? null})
      order by o.number limit ${MOST_ACCOUNTS}`.execute(trx);
    const users: Account[] = [];
    for (const { id } of rows) {
      const user = await readAccount(trx, id);
      if (user) users.push(user);
    }
    return users;
  });
