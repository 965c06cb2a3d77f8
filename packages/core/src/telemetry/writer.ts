import type pg from 'pg';
import { copy } from '../platform/db/copy.ts';
import { type ConnectionSettings, connectAlone } from '../platform/db/pool.ts';
import type { Log } from '../platform/log.ts';
import { within } from '../platform/within.ts';
import { type Batch, bytesOfRows, COPY_TELEMETRY, createBatch, createSpareBuffers, finishedBytes } from './batch.ts';
import { AWAY_AFTER_MS, type Pressure } from './pressure.ts';

/** A batch closes after this many ms, or this many rows, whichever comes first (safety.md REL-1). */
const CLOSE_AFTER_MS = 4;
const CLOSE_AT_ROWS = 1000;
/** A batch grows beyond that only while both connections are busy, and no further than this. */
const MAXIMUM_BATCH_BYTES = 4 * 1024 * 1024;
/** Two connections take turns: one batch fills while another commits. */
const CONNECTIONS = 2;
/** How long a stop waits for the store: what is left then was never acknowledged. */
const SETTLE_MS = 10_000;
const RETRY_MS = [50, 100, 200, 500, 1000];

export interface WriterOptions {
  settings: ConnectionSettings;
  log: Log;
  /** Called per batch in the order of their stamps, after the commit and before the acknowledgements. */
  onCommitted(batch: Batch): void;
  /** The store refused a row: a partition is missing, say. True: repaired, write it again. */
  repair(batch: Batch, error: unknown): Promise<boolean>;
  pressure: Pressure;
}

/** Group commit of telemetry: collects messages, commits them with COPY, acknowledges after the commit. */
export interface Writer {
  /** The batch that takes the next row. */
  open(): Batch;
  /** To be called after rows or acknowledgements were added to the open batch. */
  touched(): void;
  /** Calls back when everything accepted so far is committed; at once when nothing is under way. */
  afterCommitted(done: () => void): void;
  /** Batches that hold accepted, not yet committed messages, oldest first. */
  pending(): Batch[];
  readonly away: boolean;
  /** ms that the oldest uncommitted message waits. */
  oldestWaitMs(): number;
  /** @param after stamps are later than this, µs: a clock that was set back must not hide messages from a catching up */
  start(after: number): Promise<void>;
  /** Holds batches back, or lets them go: the disk is full. What waits is bounded by the pressure on devices. */
  hold(held: boolean): void;
  /** Waits until everything accepted so far is committed and acknowledged, at most `SETTLE_MS`. */
  settle(): Promise<void>;
  /** Commits and acknowledges what is open. Gives up after `timeoutMs`: what is left was never acknowledged. */
  stop(timeoutMs: number): Promise<void>;
}

export function createWriter({ settings, log, onCommitted, repair, pressure }: WriterOptions): Writer {
  const idle: pg.Client[] = [];
  /** Closed batches in the order of their stamps; the head is released first. */
  const closed: Batch[] = [];
  /** Closed batches that no connection has taken yet. */
  let unsent: Batch[] = [];
  let lastStamp = 0;
  const spare = createSpareBuffers();
  let open = createBatch(0, 0, spare.take());
  let timer: NodeJS.Timeout | undefined;
  let away = false;
  let stopping = false;
  let held = false;
  let emptied: (() => void) | undefined;

  /** Stamped when its first row comes: an empty batch may have stood open for long. */
  function stamp(batch: Batch): Batch {
    if (batch.rows > 0) return batch;
    batch.openedAt = Date.now();
    // microseconds, later than any stamp given before
    lastStamp = Math.max(lastStamp + 1, batch.openedAt * 1000);
    batch.received = lastStamp;
    return batch;
  }

  function close(): void {
    if (timer) clearTimeout(timer);
    timer = undefined;
    if (open.rows === 0 && open.waiting.length === 0) return;
    if (open.rows === 0) open.openedAt = Date.now();
    closed.push(open);
    unsent.push(open);
    pressure.add(open.end);
    open = createBatch(0, 0, spare.take());
    send();
  }

  function send(): void {
    while (unsent.length > 0 && idle.length > 0 && !held) {
      const batch = unsent.shift() as Batch;
      if (batch.rows === 0) {
        batch.committed = true;
        release();
        continue;
      }
      void write(batch, idle.pop() as pg.Client);
    }
  }

  /** Writes one batch whatever it takes. A connection that fails is replaced; the batch is never given up. */
  async function write(batch: Batch, first: pg.Client): Promise<void> {
    let client: pg.Client | undefined = first;
    let doubtful: number | undefined;
    for (let attempt = 0; ; attempt++) {
      try {
        client ??= await connect();
        if (doubtful !== undefined) {
          await endBackend(settings, doubtful);
          if (await wasCommitted(client, batch)) break;
          doubtful = undefined;
          batch.refused = undefined;
        }
        await copy(client, COPY_TELEMETRY, finishedBytes(batch));
        break;
      } catch (error) {
        if (stopping && attempt > 0) return;
        const code = (error as { code?: string }).code ?? '';
        // an answer of the server with a state means: rolled back. Anything else leaves the commit in doubt, as does the
        // last word of a backend that was ended.
        const answered = /^[0-9A-Z]{5}$/.test(code) && !/^(?:E[A-Z]+|08...|57P..)$/.test(code);
        if (!answered && client) doubtful ??= processId(client);
        if (!answered || !isFaultOfRow(error)) {
          setAway(true, error);
          if (client) dispose(client);
          client = undefined;
          await pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] as number);
          continue;
        }
        if (attempt < 3 && (await repair(batch, error).catch(() => false))) continue;
        log.error({ err: error, rows: batch.rows }, 'the store refuses rows of a batch: looking for them one by one');
        if (client && (await writeInPieces(batch, client))) break;
        if (client) {
          doubtful ??= processId(client);
          dispose(client);
        }
        client = undefined;
      }
    }
    setAway(false);
    batch.committed = true;
    if (client) idle.push(client);
    release();
    if ((open.rows > 0 || open.waiting.length > 0) && idle.length > 0 && timer === undefined) close();
    else send();
  }

  /** Halves the batch until the rows that the store refuses stand alone. False: the store went away meanwhile. */
  async function writeInPieces(batch: Batch, client: pg.Client): Promise<boolean> {
    const refused = new Set<number>();
    const heaps: number[][] = [Array.from({ length: batch.rows }, (_, row) => row)];
    try {
      await client.query('begin');
      for (let heap = heaps.pop(); heap; heap = heaps.pop()) {
        await client.query('savepoint piece');
        try {
          await copy(client, COPY_TELEMETRY, bytesOfRows(batch, heap));
        } catch (error) {
          if (!isFaultOfRow(error)) throw error;
          await client.query('rollback to savepoint piece');
          if (heap.length === 1) refused.add(heap[0] as number);
          else heaps.push(heap.slice(0, heap.length >> 1), heap.slice(heap.length >> 1));
        }
      }
      // before the commit, whose answer may get lost
      batch.refused = refused;
      await client.query('commit');
    } catch (error) {
      log.warn({ err: error }, 'the store went away while a batch was taken apart');
      return false;
    }
    return true;
  }

  /** Hands over committed batches in order: what is acknowledged later was received later. */
  function release(): void {
    let released = 0;
    while (closed[0]?.committed) {
      const batch = closed.shift() as Batch;
      released += batch.end;
      onCommitted(batch);
      for (const acknowledge of batch.waiting) acknowledge();
      spare.give(batch);
    }
    pressure.add(-released);
    if (closed.length === 0) emptied?.();
  }

  function setAway(next: boolean, error?: unknown): void {
    if (next === away) return;
    away = next;
    if (away) log.error({ err: error }, 'the store is away: nothing is acknowledged until it is back');
    else log.info('the store is back');
  }

  function connect(): Promise<pg.Client> {
    return connectAlone(settings, 'muster_ingest');
  }

  function dispose(client: pg.Client): void {
    client.end().catch(() => undefined);
    // a connection that answers no more would hold its socket for ever
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  return {
    open: () => stamp(open),
    touched() {
      if (open.rows >= CLOSE_AT_ROWS && idle.length > 0 && !held) close();
      else if (open.end >= MAXIMUM_BATCH_BYTES) close();
      else timer ??= setTimeout(onTimer, CLOSE_AFTER_MS);
    },
    afterCommitted(done) {
      if (closed.length === 0 && open.rows === 0 && open.waiting.length === 0) return done();
      open.waiting.push(done);
      timer ??= setTimeout(onTimer, CLOSE_AFTER_MS);
    },
    pending: () => (open.rows > 0 ? [...closed, open] : [...closed]),
    get away() {
      return away || held || oldestWaitMs() > AWAY_AFTER_MS;
    },
    oldestWaitMs,
    async start(after) {
      lastStamp = after;
      while (idle.length < CONNECTIONS) idle.push(await connect());
    },
    hold(next) {
      held = next;
      if (held) return;
      close();
      send();
    },
    settle: () => settle(SETTLE_MS),
    async stop(timeoutMs) {
      await settle(timeoutMs);
      stopping = true;
      unsent = [];
      await Promise.all(idle.splice(0).map((client) => client.end().catch(() => undefined)));
    },
  };

  function oldestWaitMs(): number {
    const oldest = closed[0] ?? (open.rows > 0 ? open : undefined);
    return oldest ? Date.now() - oldest.openedAt : 0;
  }

  async function settle(timeoutMs: number): Promise<void> {
    close();
    if (closed.length === 0) return;
    await within(timeoutMs, new Promise<void>((resolve) => (emptied = resolve)));
  }

  /** With no connection free the batch stays open and grows: fewer, larger commits under load. */
  function onTimer(): void {
    timer = undefined;
    if ((idle.length > 0 && !held) || open.end >= MAXIMUM_BATCH_BYTES) close();
  }
}

/**
 * Only a value or a constraint (SQLSTATE classes 22, 23 and 54) says that a row can never be stored. A lock that was waited
 * for in vain, a deadlock or a privilege that is missing pass: the batch is tried again.
 */
export const isFaultOfRow = (error: unknown): boolean => /^(?:22|23|54)/.test((error as { code?: string }).code ?? '');

const processId = (client: pg.Client) => (client as unknown as { processID?: number }).processID;

/**
 * The backend of a broken connection may still be committing: nothing is decided before it is gone. Only the role that signed
 * in may end it, not the one that ingest works as.
 * @throws Error while it lives on
 */
async function endBackend(settings: ConnectionSettings, pid: number): Promise<void> {
  const client = await connectAlone(settings, 'owner');
  try {
    const backend = 'from pg_stat_activity where pid = $1 and application_name = $2';
    const whose = [pid, 'muster muster_ingest'];
    await client.query(`select pg_terminate_backend(pid, 5000) ${backend}`, whose);
    const { rowCount } = await client.query(`select 1 ${backend}`, whose);
    if (rowCount) throw new Error(`Backend ${pid}, whose last commit is in doubt, does not end.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A batch's stamp is its own: if one of its rows is there, all are that the store did not refuse. */
async function wasCommitted(client: pg.Client, batch: Batch): Promise<boolean> {
  const row = batch.times.findIndex((_, index) => !batch.refused?.has(index));
  if (row < 0) return true;
  const { rowCount } = await client.query(
    "select 1 from telemetry where received = timestamptz 'epoch' + $1 * interval '1 microsecond' and device = $2 and ts = timestamptz 'epoch' + $3 * interval '1 millisecond' limit 1",
    [batch.received, batch.channels[row]?.number, batch.times[row]],
  );
  return (rowCount ?? 0) > 0;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
