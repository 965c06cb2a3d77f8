/**
 * How long and how large the fault tests are. With the defaults, which prove what is promised, all of them together take two
 * minutes on two cores. Longer runs set the variables:
 *
 * | variable | default | longer | what |
 * |---|---|---|---|
 * | `MUSTER_FAULT_SEED` | random | | seed of the kills, the fleets and the fuzz; it is printed with each account |
 * | `MUSTER_FAULT_CYCLES` | 10 | 200 | kills of the server, of PostgreSQL and of both |
 * | `MUSTER_FAULT_DEVICES` | 40 | 500 | devices of a fleet under load |
 * | `MUSTER_FAULT_RATE` | 10 | 20 | messages a second of each of them |
 * | `MUSTER_FAULT_AWAY_MS` | 32000 | 300000 | how long PostgreSQL hangs: longer than any statement may take (pool.ts) |
 * | `MUSTER_FAULT_DISK_MS` | 2000 | 60000 | how long the disk stays full, each time |
 * | `MUSTER_FAULT_DOUBTS` | 12 | 200 | commits whose answer gets lost |
 * | `MUSTER_FAULT_CONNECTS` | 10000 | | devices that connect at once |
 * | `MUSTER_FAULT_FUZZ_MS` | 20000 | 1800000 | how long packets are made up |
 * | `MUSTER_FAULT_REPORT` | | a file | each account is appended to it as a line of JSON |
 */
export const sizes = {
  seed: read('MUSTER_FAULT_SEED', Math.floor(Math.random() * 2 ** 31)),
  cycles: read('MUSTER_FAULT_CYCLES', 10),
  devices: read('MUSTER_FAULT_DEVICES', 40),
  rate: read('MUSTER_FAULT_RATE', 10),
  awayMs: read('MUSTER_FAULT_AWAY_MS', 32_000),
  diskMs: read('MUSTER_FAULT_DISK_MS', 2000),
  doubts: read('MUSTER_FAULT_DOUBTS', 12),
  connects: read('MUSTER_FAULT_CONNECTS', 10_000),
  fuzzMs: read('MUSTER_FAULT_FUZZ_MS', 20_000),
};

function read(name: string, usual: number): number {
  const value = Number(process.env[name] || usual);
  if (!(Number.isInteger(value) && value >= 0)) throw new RangeError(`${name} must be a whole number.`);
  return value;
}

/** How long a test waits for what must come: longer than any busy machine takes, for timings never fail a test. */
export const patience = { deadline: 60_000 };
