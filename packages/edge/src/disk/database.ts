import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

export interface DatabaseOptions {
  file: string;
  /** Statements that make the tables where they are not there yet. */
  schema: string;
  /** The file could not be read: it was renamed to `aside`, and an empty one took its place. */
  onAside?: (aside: string) => void;
  /** For tests that end the process there: before and after each commit. */
  onDurable?: () => void;
}

/** Damaged files that are kept for whoever wants to look at them. */
const KEPT_ASIDE = 2;
/** Pages of the log before it is written back: at 4 KiB a quarter of a megabyte, so that it never takes the disk. */
const CHECKPOINT_PAGES = 64;

const FULL = 13;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** What SQLite says, without the details that it adds in the upper bits. */
const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;

export const isFull = (error: unknown): boolean => codeOf(error) === FULL;

/**
 * A small database of a device. Each write is one transaction that is on the disk when it returns: WAL with
 * `synchronous = FULL` writes the log through at every commit (`NORMAL` would lose the newest ones in a power cut).
 * Exclusive locking keeps a second process away, and needs no shared memory, whose mapping kills a process when the
 * disk is full. A damaged file is put aside, and life goes on with an empty one.
 *
 * @throws Error when another process has the file open
 */
export class Database {
  readonly #options: DatabaseOptions;
  #statements = new Map<string, StatementSync>();
  #database: DatabaseSync;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    try {
      this.#database = open(options);
    } catch (error) {
      if (!isDamaged(error)) throw error;
      const aside = putAside(options.file);
      this.#database = open(options);
      options.onAside?.(aside);
    }
  }

  /**
   * Does all of it in one transaction, or nothing of it.
   *
   * @throws what SQLite says; {@link isFull} tells whether the disk is full
   */
  write<T>(work: (database: this) => T): T {
    return this.#guarded(() => {
      this.#database.exec('begin immediate');
      try {
        const result = work(this);
        this.#options.onDurable?.();
        this.#database.exec('commit');
        this.#options.onDurable?.();
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('rollback');
        throw error;
      }
    });
  }

  /** Rows of a query. */
  rows<R>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#guarded(() => this.#statement(sql).all(...values) as R[]);
  }

  /** The first row of a query. */
  row<R>(sql: string, ...values: SQLInputValue[]): R | undefined {
    return this.rows<R>(sql, ...values)[0];
  }

  /** A statement within {@link write}. */
  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  /** Writes the log back, so that what comes next takes its place; as far as the disk lets it. */
  emptyLog(): void {
    try {
      this.#database.exec('pragma wal_checkpoint');
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** Tries once more with an empty file when this one turns out to be damaged. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isDamaged(error) || this.#database.isTransaction) throw error;
      this.#statements.clear();
      closeDamaged(this.#database);
      const aside = putAside(this.#options.file);
      this.#database = open(this.#options);
      this.#options.onAside?.(aside);
      return work();
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function open({ file, schema }: DatabaseOptions): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec(`pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full;
      pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    const [answer] = database.prepare('pragma quick_check(1)').all();
    if (answer?.quick_check !== 'ok') throw new DamagedError(String(answer?.quick_check));
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What can not be read can often not be written back either. */
function closeDamaged(database: DatabaseSync): void {
  try {
    database.close();
  } catch {
    // it is put aside as it is
  }
}

class DamagedError extends Error {}

const isDamaged = (error: unknown): boolean =>
  error instanceof DamagedError || codeOf(error) === CORRUPT || codeOf(error) === NOT_A_DATABASE;

/** Renames a file and its log, with the time: the newest {@link KEPT_ASIDE} stay. */
function putAside(file: string): string {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  let aside = `${file}.damaged-${stamp}`;
  for (let more = 2; existsSync(aside); more++) aside = `${file}.damaged-${stamp}-${more}`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, aside + part);
  const directory = dirname(file);
  const damaged = readdirSync(directory).filter(
    (name) => name.startsWith(`${basename(file)}.damaged-`) && !/-(?:wal|shm)$/.test(name),
  );
  const old = damaged.filter((name) => join(directory, name) !== aside).sort();
  for (const name of old.slice(0, Math.max(0, damaged.length - KEPT_ASIDE)))
    for (const part of ['', '-wal', '-shm']) rmSync(join(directory, name + part), { force: true });
  return aside;
}
