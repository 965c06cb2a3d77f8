import type { DeviceClock } from '../clock/clock.ts';
import type { Moment } from '../clock/moment.ts';
import { Database, isFull } from '../disk/database.ts';
import type { Message } from '../message.ts';
import type { Outbox, OutboxEntry } from '../outbox.ts';
import { type Content, compose, type Gap, type GapReason, joined, type Recorded } from './record.ts';
import { addRow, gapOf, momentOf, nextNumber, noteGap, queueSchema, type Row, recorded } from './rows.ts';
import { spareRoom } from './spare-room.ts';

export interface DurableQueueOptions {
  /** SQLite; beside it stand its log and a file that keeps room. */
  file: string;
  deviceId: string;
  clock: DeviceClock;
  /** Bytes of messages held; beyond, the oldest go. Default 64 MiB: with three metrics a second about four days. */
  maximumBytes?: number;
  onDurable?: () => void;
}

const DEFAULT_BYTES = 64 * 1024 * 1024;
/** What a row takes beside its content. */
const ROW_BYTES = 96;
/** Rows read at once, and acknowledged rows that wait to be deleted in one transaction. */
const CHUNK = 100;
/** How long an acknowledged message may stay: after a power cut it goes once more, and Muster drops it by its number. */
const FORGET_MS = 200;
/** When the disk is full, so much of what is held makes room for what comes: not more, since deleting takes room too. */
const GIVEN_UP_BYTES = 128 * 1024;
const SPARE_EVERY_MS = 60_000;

/**
 * The device's messages on its disk: one counts as taken when it would outlive a power cut, and is deleted when it is
 * acknowledged. When there is no room the oldest go, and an event `queue_gap` tells what is missing.
 *
 * `boot` is made of the start of the device and a name of this file, so that an empty file that took the place of a
 * damaged one does not number again what Muster has seen; `seq` goes on over restarts of the process.
 */
export class DurableQueue implements Outbox<Message, Content> {
  readonly #options: DurableQueueOptions;
  readonly #database: Database;
  readonly #maximum: number;
  readonly #spare: ReturnType<typeof spareRoom>;
  #limit: number;
  #size = 0;
  #bytes = 0;
  #dropped = 0;
  #last = 0;
  #cursor = 0;
  #ahead: Row[] = [];
  /** Rows on the wire; true: Muster knows them by their number when they come twice. */
  readonly #wire = new Map<number, boolean>();
  #acknowledged: number[] = [];
  #forgetting: NodeJS.Timeout | undefined;
  /** Gaps that the disk did not take yet. */
  #unwritten: Gap[] = [];
  #hasGaps = false;
  /** The disk did not take the word about gaps: it is tried again when something was deleted. */
  #gapsWait = false;
  #spareTried = 0;

  /** @throws Error when another process has the file open, or the directory can not be written */
  constructor(options: DurableQueueOptions) {
    this.#options = options;
    this.#maximum = options.maximumBytes ?? DEFAULT_BYTES;
    this.#limit = this.#maximum;
    this.#spare = spareRoom(`${options.file}.spare`);
    let isDamaged = false;
    this.#database = new Database({
      file: options.file,
      schema: queueSchema,
      onAside: () => {
        isDamaged = true;
        if (this.#database) this.#afterDamage();
      },
      ...(options.onDurable && { onDurable: options.onDurable }),
    });
    if (isDamaged) this.#afterDamage();
    else this.#load();
    this.#takeSpare();
  }

  get size(): number {
    return this.#size - this.#acknowledged.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Numbers and keeps a message. False: the disk did not take it; it is counted, and told as a gap. */
  add(content: Content): boolean {
    const moment = this.#options.clock.moment();
    const text = JSON.stringify(content);
    const bytes = Buffer.byteLength(text) + ROW_BYTES;
    if (bytes > this.#maximum) return this.#refuse(moment, 'queue_full');
    this.#takeSpare();
    try {
      this.#insert(moment, text, bytes);
      return true;
    } catch (error) {
      if (!isFull(error)) return this.#refuse(moment, 'disk_error');
    }
    try {
      this.#makeRoom();
      this.#insert(moment, text, bytes);
      return true;
    } catch (error) {
      return this.#refuse(moment, isFull(error) ? 'disk_full' : 'disk_error');
    }
  }

  next(): OutboxEntry<Message> | undefined {
    const { clock, deviceId } = this.#options;
    if (!clock.isSettled) return undefined;
    if (!this.#gapsWait && (this.#hasGaps || this.#unwritten.length > 0)) this.#tellGaps();
    const row = this.#ahead.shift() ?? this.#read();
    if (!row) return undefined;
    this.#cursor = row.id;
    const record = this.#legible(row);
    if (!record) return this.next();
    this.#wire.set(row.id, record.content.kind === 'telemetry');
    return { id: row.id, message: compose(deviceId, record, clock) };
  }

  /** Acknowledged: gone from the disk within {@link FORGET_MS}, an event at once. */
  remove(id: number): boolean {
    const mayComeTwice = this.#wire.get(id);
    if (mayComeTwice === undefined) return false;
    this.#wire.delete(id);
    this.#acknowledged.push(id);
    if (!mayComeTwice || this.#acknowledged.length % CHUNK === 0) this.#forget();
    else this.#forgetting ??= setTimeout(() => this.#forget(), FORGET_MS);
    return true;
  }

  rewind(): void {
    this.#forget();
    this.#wire.clear();
    this.#ahead = [];
    this.#cursor = 0;
  }

  close(): void {
    this.#forget();
    this.#database.close();
  }

  #load(): void {
    const { size, bytes, last } = this.#database.row<{ size: number; bytes: number; last: number }>(
      'select count(*) as size, coalesce(sum(bytes), 0) as bytes, coalesce(max(id), 0) as last from messages',
    ) as { size: number; bytes: number; last: number };
    this.#size = size;
    this.#bytes = bytes;
    this.#last = last;
    this.#hasGaps = this.#database.row('select 1 from gaps limit 1') !== undefined;
    const lengths = this.#database.rows<{ boot: string; at: number }>(
      'select at_boot as boot, max(at) as at from messages group by at_boot',
    );
    for (const { boot, at } of lengths) this.#options.clock.noteLength(boot, at);
  }

  /** The file was damaged and is empty now: what was in it is lost, how much nobody knows. */
  #afterDamage(): void {
    this.#acknowledged = [];
    this.rewind();
    this.#unwritten.push({ from: null, to: this.#options.clock.moment(), count: null, reason: 'damaged' });
    this.#load();
  }

  #insert(moment: Moment, content: string, bytes: number): void {
    const id = this.#last + 1;
    const dropped = this.#database.write(() => {
      const gone = this.#bytes + bytes > this.#limit ? this.#drop(this.#bytes + bytes - this.#limit, 'queue_full') : [];
      const { boot, seq } = nextNumber(this.#database, this.#options.clock.boot);
      addRow(this.#database, { id, boot, seq, at_boot: moment.boot, at: moment.at, wall: moment.wall, content, bytes });
      for (const gap of this.#unwritten) noteGap(this.#database, gap);
      return gone;
    });
    this.#last = id;
    this.#size++;
    this.#bytes += bytes;
    this.#hasGaps ||= this.#unwritten.length > 0;
    this.#unwritten = [];
    this.#settle(dropped);
  }

  /** Within a transaction: deletes the oldest that are not on the wire, or else the oldest, and notes the gap. */
  #drop(atLeast: number, reason: GapReason): Row[] {
    const gone: Row[] = [];
    const gaps = new Map<GapReason, Gap>();
    let freed = 0;
    while (freed < atLeast) {
      const row =
        this.#database.row<Row>('select * from messages where id > ? order by id limit 1', this.#cursor) ??
        this.#database.row<Row>('select * from messages order by id limit 1');
      if (!row) break;
      this.#database.run('delete from messages where id = ?', row.id);
      freed += row.bytes;
      gone.push(row);
      // what was acknowledged and waits to be deleted is not lost
      if (this.#acknowledged.includes(row.id)) continue;
      const gap = gapOf(row, reason);
      const known = gaps.get(gap.reason);
      gaps.set(gap.reason, known ? joined(known, gap) : gap);
    }
    for (const gap of gaps.values()) noteGap(this.#database, gap);
    return gone;
  }

  /** After the commit: what is in memory follows. */
  #settle(gone: readonly Row[]): void {
    if (gone.length === 0) return;
    const ids = new Set(gone.map(({ id }) => id));
    for (const { id, bytes } of gone) {
      this.#wire.delete(id);
      this.#size--;
      this.#bytes -= bytes;
      if (!this.#acknowledged.includes(id)) this.#dropped++;
    }
    this.#acknowledged = this.#acknowledged.filter((id) => !ids.has(id));
    this.#ahead = this.#ahead.filter(({ id }) => !ids.has(id));
    this.#hasGaps = true;
  }

  /** The disk is full: the spare room lets a little of what is held be given up, and from now on no more than was held is. */
  #makeRoom(): void {
    this.#giveSpare();
    this.#limit = this.#bytes;
    this.#settle(this.#database.write(() => this.#drop(GIVEN_UP_BYTES, 'disk_full')));
  }

  /** A transaction that leaves less than there was: on a full disk the spare room is for it. */
  #tidy<T>(work: () => T): T {
    try {
      return this.#database.write(work);
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#giveSpare();
      return this.#database.write(work);
    }
  }

  #giveSpare(): void {
    this.#spare.give();
    this.#spareTried = performance.now();
    this.#database.emptyLog();
  }

  #takeSpare(): void {
    if (this.#spare.isThere) return;
    if (this.#spareTried > 0 && performance.now() - this.#spareTried < SPARE_EVERY_MS) return;
    this.#spareTried = performance.now();
    if (this.#spare.take()) this.#limit = this.#maximum;
  }

  #refuse(moment: Moment, reason: GapReason): false {
    this.#dropped++;
    const gap: Gap = { from: moment, to: moment, count: 1, reason };
    const known = this.#unwritten.findIndex((one) => one.reason === reason);
    if (known < 0) this.#unwritten.push(gap);
    else this.#unwritten[known] = joined(this.#unwritten[known] as Gap, gap);
    return false;
  }

  /** Somebody listens: gaps become events of the queue. They are few, and go beyond its bound. */
  #tellGaps(): void {
    const moment = this.#options.clock.moment();
    const first = this.#last + 1;
    try {
      const rows = this.#tidy(() => {
        for (const gap of this.#unwritten) noteGap(this.#database, gap);
        const gaps = this.#database.rows<{ gap: string }>('select gap from gaps');
        const told = gaps.map(({ gap }, index): Row => {
          const content = JSON.stringify({ kind: 'gap', gap: JSON.parse(gap) } satisfies Content);
          const row = {
            id: first + index,
            ...nextNumber(this.#database, this.#options.clock.boot),
            at_boot: moment.boot,
            at: moment.at,
            wall: moment.wall,
          };
          return { ...row, content, bytes: content.length + ROW_BYTES };
        });
        for (const row of told) addRow(this.#database, row);
        this.#database.run('delete from gaps');
        return told;
      });
      this.#unwritten = [];
      this.#hasGaps = false;
      this.#last += rows.length;
      this.#size += rows.length;
      for (const { bytes } of rows) this.#bytes += bytes;
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#gapsWait = true;
    }
  }

  #read(): Row | undefined {
    const sql = `select * from messages where id > ? order by id limit ${CHUNK}`;
    this.#ahead = this.#database.rows<Row>(sql, this.#cursor);
    return this.#ahead.shift();
  }

  /** What a row says; one that a tired disk spoiled is given up and told. */
  #legible(row: Row): Recorded | undefined {
    try {
      return recorded(row);
    } catch {
      const moment = momentOf(row);
      this.#tidy(() => {
        this.#database.run('delete from messages where id = ?', row.id);
        noteGap(this.#database, { from: moment, to: moment, count: 1, reason: 'damaged' });
      });
      this.#settle([row]);
      return undefined;
    }
  }

  #forget(): void {
    clearTimeout(this.#forgetting);
    this.#forgetting = undefined;
    const ids = this.#acknowledged;
    if (ids.length === 0) return;
    try {
      const rows = this.#tidy(() => {
        const list = JSON.stringify(ids);
        const held = this.#database.rows<{ bytes: number }>(
          'select bytes from messages where id in (select value from json_each(?))',
          list,
        );
        this.#database.run('delete from messages where id in (select value from json_each(?))', list);
        return held;
      });
      this.#acknowledged = [];
      this.#gapsWait = false;
      this.#size -= rows.length;
      for (const { bytes } of rows) this.#bytes -= bytes;
    } catch (error) {
      // no room to delete: what was acknowledged goes once more after a restart, and Muster knows its number
      if (!isFull(error)) throw error;
    }
  }
}
