import { sql, type Transaction } from 'kysely';
import { type Db, inAuthentication } from '../platform/db/store.ts';
import type { DB as Database } from '../platform/db/types.ts';
import type { Log } from '../platform/log.ts';
import type { Secret } from '../platform/secret.ts';
import { within } from '../platform/within.ts';
import { compose } from './compose.ts';
import type { Content } from './letter.ts';
import { languageOf, sealOf } from './outbox.ts';
import { readFault, type SendFault, type Smtp } from './smtp.ts';

/** Takes what lies in the outbox to the mail server: each mail at least once, and once while all goes well. */
export interface Postman {
  /** From now on: links need the address that the server listens at. */
  start(): void;
  /** Something was posted. */
  wake(): void;
  /** Lets the mail that is under way arrive, within seconds; what was not sent stays in the outbox. */
  stop(): Promise<void>;
  /** Why nothing gets through; undefined: as far as is known it does. */
  fault(): string | undefined;
  /** What this node sent and gave up since its start, and what waited when it looked last, for whichever node. */
  readonly figures: { sent: number; failed: number; waiting: number };
}

export interface PostmanDeps {
  db: Db;
  secret: Secret;
  smtp: Smtp;
  /** Base of links. */
  base(): string;
  log: Log;
}

interface Mail {
  id: string;
  language: string;
  address: string;
  content: string | null;
  attempts: number;
  created_at: Date;
  late: boolean;
  /** Of the attempt before. */
  fault: string | null;
}

/** One attempt lasts this long at most; until then and a while longer no other node takes the same mail. */
const ATTEMPT_MS = 60_000;
const LEASE = '3 minutes';
const LAST_MS = 5000;
const POLL_MS = 60_000;
/** Between two looks, also where a mail is due that somebody holds. */
const LEAST_MS = 50;
const FIRST_DELAY_MS = 1000;
/** Between attempts at a mail that the server did not want now (4xx). */
const LONGEST_DELAY_MS = 60 * 60_000;
/** Between attempts at a server that can not be reached, whatever the mail. */
const LONGEST_PAUSE_MS = 60_000;
const KEPT = '30 days';
const TIDY_MS = 60 * 60_000;

export function createPostman({ db, secret, smtp, base, log }: PostmanDeps): Postman {
  const over = new AbortController();
  let started = false;
  let stopping = false;
  let running: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let pausedUntil = 0;
  let faults = 0;
  let fault: string | undefined;
  const figures = { sent: 0, failed: 0, waiting: 0 };
  let tidiedAt = Number.NEGATIVE_INFINITY;

  async function round(): Promise<void> {
    do {
      again = false;
      while (!stopping && performance.now() >= pausedUntil) {
        const mail = await inAuthentication(db, take);
        if (!mail) break;
        await deliver(mail);
      }
    } while (again && !stopping && performance.now() >= pausedUntil);
    if (performance.now() - tidiedAt > TIDY_MS) {
      tidiedAt = performance.now();
      await inAuthentication(db, (trx) =>
        sql`delete from mails where ended_at < now() - ${KEPT}::interval`.execute(trx),
      );
    }
  }

  async function deliver(mail: Mail): Promise<void> {
    if (mail.late) return settle(mail, { state: 'failed', fault: mail.fault ?? 'it was not sent in time' });
    const content = open(mail);
    if (!content) return settle(mail, { state: 'failed', fault: 'it was written under another secret' });
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(ATTEMPT_MS)]);
    try {
      const { id, address, created_at: date } = mail;
      const language = languageOf(mail.language);
      await smtp.send({ id, address, date, ...compose(content, language, base()) }, signal);
    } catch (error) {
      // it was cut off by our own end: the next start tries again
      return over.signal.aborted ? postpone(mail, 0, 'the server stopped') : refused(mail, readFault(error));
    }
    answered();
    log.info({ mail: mail.id }, 'a mail was sent');
    await settle(mail, { state: 'sent', fault: null });
  }

  async function refused(mail: Mail, { detail, final, server }: SendFault): Promise<void> {
    log.warn({ mail: mail.id, attempts: mail.attempts, why: detail }, 'a mail was not taken');
    if (server) {
      fault = detail;
      pausedUntil = performance.now() + delayOf(++faults, LONGEST_PAUSE_MS);
    } else answered();
    if (final) return settle(mail, { state: 'failed', fault: detail });
    await postpone(mail, delayOf(mail.attempts, server ? LONGEST_PAUSE_MS : LONGEST_DELAY_MS), detail);
  }

  function answered(): void {
    faults = 0;
    fault = undefined;
  }

  function open(mail: Mail): Content | undefined {
    try {
      return JSON.parse(secret.unwrap(sealOf(mail.id), mail.content ?? '').toString());
    } catch {
      return undefined;
    }
  }

  /** A mail that was sent must be marked so, or it is sent again: while the store is away this is tried on and on. */
  async function settle(
    mail: Mail,
    { state, fault }: { state: 'sent' | 'failed'; fault: string | null },
  ): Promise<void> {
    figures[state]++;
    for (let attempt = 1; ; attempt++) {
      try {
        await inAuthentication(db, (trx) =>
          sql`update mails set state = ${state}, fault = ${fault}, content = null, ended_at = now() where id = ${mail.id}`.execute(
            trx,
          ),
        );
        return;
      } catch (error) {
        if (stopping) throw error;
        log.warn({ err: error, mail: mail.id }, 'what became of a mail could not be written down');
        await new Promise((done) => setTimeout(done, delayOf(attempt, 10_000)));
      }
    }
  }

  async function postpone(mail: Mail, delayMs: number, why: string): Promise<void> {
    await inAuthentication(db, (trx) =>
      sql`update mails set fault = ${why}, next_at = least(now() + ${delayMs} * interval '1 ms', expires_at) where id = ${mail.id}`.execute(
        trx,
      ),
    );
  }

  function wake(): void {
    clearTimeout(timer);
    if (!started || stopping) return;
    again = true;
    running ??= round()
      .catch((error) => log.warn({ err: error }, 'the outbox could not be looked into'))
      .then(async () => {
        const { ms, waiting } = await inAuthentication(db, lookAhead);
        figures.waiting = waiting;
        return ms;
      })
      .catch(() => FIRST_DELAY_MS * 5)
      .then((ms) => {
        running = undefined;
        const wait = Math.max(again ? 0 : Math.min(ms, POLL_MS), pausedUntil - performance.now(), LEAST_MS);
        if (!stopping) timer = setTimeout(wake, wait).unref();
      });
  }

  return {
    start() {
      started = true;
      wake();
    },
    wake,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (running && !(await within(LAST_MS, running))) {
        over.abort();
        await running;
      }
    },
    fault: () => fault,
    figures,
  };
}

/** 1 s, 2 s, 4 s … @param attempts so far, from 1 */
const delayOf = (attempts: number, longest: number): number =>
  Math.min(longest, FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 30));

/** Takes the mail that has waited longest, so that no other node does. */
async function take(trx: Transaction<Database>): Promise<Mail | undefined> {
  const { rows } = await sql<Mail>`
    update mails set attempts = attempts + 1, next_at = now() + ${LEASE}::interval
    where id = (select id from mails where state = 'waiting' and next_at <= now() order by next_at limit 1 for update skip locked)
    returning id, language, address, content, attempts, created_at, fault, expires_at <= now() as late`.execute(trx);
  return rows[0];
}

/** How many mails wait, and ms until the next one is due. */
async function lookAhead(trx: Transaction<Database>): Promise<{ ms: number; waiting: number }> {
  const { rows } = await sql<{ ms: number | null; waiting: number }>`
    select (extract(epoch from min(next_at) - now()) * 1000)::float8 as ms, count(*)::int as waiting
    from mails where state = 'waiting'`.execute(trx);
  return { ms: rows[0]?.ms ?? POLL_MS, waiting: rows[0]?.waiting ?? 0 };
}
