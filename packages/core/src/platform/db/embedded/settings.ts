import { clusterName } from './processes.ts';

/**
 * The server's settings, for groups of COPY committed together on a small machine. Timeouts belong to each client (pool.ts).
 * They stand on the command line, so that two servers with the same words have the same settings.
 */
const suited: Record<string, string> = {
  // an acknowledgement promises that the data is on disk
  synchronous_commit: 'on',
  fsync: 'on',
  full_page_writes: 'on',

  max_connections: '40',
  // what is read once, by autovacuum too, stays here: half of the memory at rest
  shared_buffers: '112MB',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  jit: 'off',

  // few helpers, for two cores and for little memory at rest; nothing is replicated logically
  io_method: 'worker',
  io_workers: '2',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  max_parallel_workers_per_gather: '1',
  max_parallel_maintenance_workers: '1',
  autovacuum_max_workers: '2',
  autovacuum_worker_slots: '2',
  max_logical_replication_workers: '0',
  max_wal_senders: '2',
  max_replication_slots: '2',

  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_destination: 'stderr',
  // messages.ts reads these: process, SQLSTATE, kind of process
  log_line_prefix: '%p %e %b: ',
  // neither statements nor values of rows, which may be secrets or about people, reach the log
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/**
 * The words after `postgres`.
 * @param given settings that replace ours; where it listens and keeps its data stays ours.
 */
export function argumentsOf(data: string, socket: string, lz4: boolean, given: Record<string, string> = {}): string[] {
  const settings: Record<string, string> = {
    ...suited,
    wal_compression: lz4 ? 'lz4' : 'pglz',
    ...given,
    cluster_name: clusterName(data),
    listen_addresses: '',
    port: String(PORT),
    // a list, so a path with a comma needs the quotes
    unix_socket_directories: `"${socket.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', data, ...words];
}

/** Part of the socket's name; nothing listens on the network. */
export const PORT = 5432;
