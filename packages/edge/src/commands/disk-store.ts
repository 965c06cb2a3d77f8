import type { Database } from '../disk/database.ts';
import type { Command, CommandStore } from './store.ts';

export const commandSchema = `
  create table if not exists commands (
    ordinal integer primary key autoincrement, id text not null unique, taken_at real not null,
    stage text not null, told text not null, command text not null
  ) strict;
  create index if not exists commands_unfinished on commands (ordinal) where stage <> 'done' or told <> 'outcome';`;

interface Row {
  command: string;
}

/** Commands on the disk: taken, begun and done in one durable step each. */
export function diskCommands(database: Database): CommandStore {
  const read = ({ command }: Row): Command => JSON.parse(command);
  return {
    find(id) {
      const row = database.row<Row>('select command from commands where id = ?', id);
      return row && read(row);
    },
    unfinished: () =>
      database
        .rows<Row>(`select command from commands where stage <> 'done' or told <> 'outcome' order by ordinal`)
        .map(read),
    add(command) {
      const { id, takenAt, stage, told } = command;
      const text = JSON.stringify(command);
      database.write(() =>
        database.run(
          'insert into commands (id, taken_at, stage, told, command) values (?, ?, ?, ?, ?)',
          ...[id, takenAt, stage, told, text],
        ),
      );
    },
    update(command) {
      const { id, stage, told } = command;
      const text = JSON.stringify(command);
      database.write(() =>
        database.run('update commands set stage = ?, told = ?, command = ? where id = ?', stage, told, text, id),
      );
    },
    forget(before, most) {
      const settled = `stage = 'done' and told = 'outcome'`;
      const old = `taken_at < ? or ordinal <= (select ordinal from commands order by ordinal desc limit 1 offset ?)`;
      const [row] = database.rows(`select 1 from commands where ${settled} and (${old}) limit 1`, before, most);
      if (row) database.write(() => database.run(`delete from commands where ${settled} and (${old})`, before, most));
    },
  };
}
