import { type Database, isFull } from '../disk/database.ts';
import type { Anchor } from './moment.ts';

/** Anchors by start of the device. */
export interface AnchorStore {
  /** The device has started: said once for each start, in order. */
  begin(boot: string): void;
  of(boot: string): Anchor | undefined;
  set(boot: string, anchor: Anchor): void;
  /** The last one of all starts before this one. */
  before(boot: string): Anchor | undefined;
  /** Starts after this one, in order; of one that was forgotten: the newest alone. */
  after(boot: string): readonly string[];
}

/** Starts of which something is remembered: more than a queue can hold messages of. */
const REMEMBERED = 200;

export const anchorSchema = `
  create table if not exists boots (
    ordinal integer primary key, boot text not null unique, at real, time real
  ) strict;`;

interface Row {
  boot: string;
  at: number | null;
  time: number | null;
}

/** Anchors on the disk. A disk that is full keeps no device from its work: what it does not take is known until the process ends. */
export function diskAnchors(database: Database): AnchorStore {
  const rows = database.rows<Row>('select boot, at, time from boots order by ordinal');
  const boots = rows.map(({ boot }) => boot);
  const anchors = new Map<string, Anchor>();
  for (const { boot, at, time } of rows) if (at !== null && time !== null) anchors.set(boot, { at, time });
  const keep = (work: () => void) => {
    try {
      database.write(work);
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  };
  return {
    begin(boot) {
      if (boots.includes(boot)) return;
      boots.push(boot);
      keep(() => {
        database.run('insert into boots (boot) values (?)', boot);
        database.run('delete from boots where ordinal <= (select max(ordinal) from boots) - ?', REMEMBERED);
      });
    },
    of: (boot) => anchors.get(boot),
    set(boot, anchor) {
      anchors.set(boot, anchor);
      keep(() => database.run('update boots set at = ?, time = ? where boot = ?', anchor.at, anchor.time, boot));
    },
    before(boot) {
      const found = boots.indexOf(boot);
      const earlier = found < 0 ? [] : boots.slice(0, found);
      return anchors.get(earlier.findLast((one) => anchors.has(one)) ?? '');
    },
    after(boot) {
      const found = boots.indexOf(boot);
      return found < 0 ? boots.slice(-1) : boots.slice(found + 1);
    },
  };
}
