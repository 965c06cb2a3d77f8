import { randomBytes } from 'node:crypto';
import type { Moment } from '../clock/moment.ts';
import type { Database } from '../disk/database.ts';
import { type Gap, type GapReason, joined, type Recorded } from './record.ts';

export const queueSchema = `
  create table if not exists numbering (only integer primary key check (only = 1), name text not null, boot text, seq integer not null) strict;
  create table if not exists messages (
    id integer primary key, boot text not null, seq integer not null,
    at_boot text not null, at real not null, wall real not null, content text not null, bytes integer not null
  ) strict;
  create table if not exists gaps (reason text primary key, gap text not null) strict;`;

/** A message as it waits on the disk. */
export interface Row {
  id: number;
  boot: string;
  seq: number;
  at_boot: string;
  at: number;
  wall: number;
  content: string;
  bytes: number;
}

export const momentOf = (row: Row): Moment => ({ boot: row.at_boot, at: row.at, wall: row.wall });

/** @throws SyntaxError when what it says can not be read any more */
export const recorded = (row: Row): Recorded => ({
  boot: row.boot,
  seq: row.seq,
  moment: momentOf(row),
  content: JSON.parse(row.content),
});

/** What is missing when this row is given up: a gap that was never told stays a gap of as many messages. */
export function gapOf(row: Row, reason: GapReason): Gap {
  const moment = momentOf(row);
  const gap: Gap = { from: moment, to: moment, count: 1, reason };
  if (!row.content.startsWith('{"kind":"gap"')) return gap;
  try {
    const { content } = recorded(row);
    return content.kind === 'gap' ? content.gap : gap;
  } catch {
    return gap;
  }
}

/** Within a transaction. */
export function addRow(database: Database, row: Row): void {
  const { id, boot, seq, at_boot, at, wall, content, bytes } = row;
  const values = [id, boot, seq, at_boot, at, wall, content, bytes];
  database.run('insert into messages values (?, ?, ?, ?, ?, ?, ?, ?)', ...values);
}

/** The next number of this start of the device, kept in the same transaction as its message. */
export function nextNumber(database: Database, boot: string): { boot: string; seq: number } {
  const kept = database.row<{ name: string; boot: string | null; seq: number }>('select * from numbering');
  const name = kept?.name ?? randomBytes(6).toString('base64url');
  const seq = kept?.boot === boot ? kept.seq + 1 : 1;
  database.run('insert or replace into numbering values (1, ?, ?, ?)', name, boot, seq);
  return { boot: `${boot}-${name}`, seq };
}

/** Within a transaction: makes a gap longer, or begins one. */
export function noteGap(database: Database, gap: Gap): void {
  const known = database.row<{ gap: string }>('select gap from gaps where reason = ?', gap.reason);
  const whole = known ? joined(JSON.parse(known.gap), gap) : gap;
  database.run('insert or replace into gaps values (?, ?)', gap.reason, JSON.stringify(whole));
}
