import type { EmbeddedLog } from './faults.ts';
import type { Footing } from './footing.ts';
import type { Layout } from './layout.ts';

/** node-postgres settings of the administrative role. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** All that one database directory's server is started from. */
export interface Cluster {
  layout: Layout;
  footing: Footing;
  /** The program, and the words after it. */
  postgres: string;
  args: string[];
  /** Of the program, such as `18.4`. */
  version: string;
  connection: Connection;
  log: EmbeddedLog;
}
