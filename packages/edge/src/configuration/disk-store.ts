import type { Database } from '../disk/database.ts';
import type { ConfigurationStore } from './store.ts';

export const configurationSchema = `
  create table if not exists configuration (only integer primary key check (only = 1), state text not null) strict;`;

/** The configuration on the disk: one row, so that it is what was or what is, never between. */
export function diskConfiguration(database: Database): ConfigurationStore {
  return {
    load() {
      const row = database.row<{ state: string }>('select state from configuration');
      return row && JSON.parse(row.state);
    },
    save(state) {
      const text = JSON.stringify(state);
      database.write(() => database.run('insert or replace into configuration values (1, ?)', text));
    },
  };
}
