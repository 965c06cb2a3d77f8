/**
 * How long and how large the fault tests are. The defaults suit every change: all of them together take less than three minutes
 * on two cores. Nightly runs set the variables:
 *
 * | variable | default | nightly | what |
 * |---|---|---|---|
 * | `MUSTER_FAULT_SEED` | random | | seed of the kills, the fleets and the fuzz; it is printed with each account |
 * | `MUSTER_FAULT_CYCLES` | 10 | 200 | kills of the server, of PostgreSQL and of both |
 * | `MUSTER_FAULT_DEVICES` | 40 | 500 | devices of a fleet under load |
 * | `MUSTER_FAULT_RATE` | 10 | 20 | messages a second of each of them |
 * | `MUSTER_FAULT_AWAY_MS` | 7000 | 40000 | how long PostgreSQL is gone |
 * | `MUSTER_FAULT_DOUBTS` | 12 | 200 | commits whose answer gets lost |
 * | `MUSTER_FAULT_CONNECTS` | 2000 | 10000 | devices that connect at once |
 * | `MUSTER_FAULT_FUZZ_MS` | 12000 | 1800000 | how long packets are made up |
 * | `MUSTER_FAULT_REPORT` | | a file | each account is appended to it as a line of JSON |
 */
export const sizes = {
  seed: read('MUSTER_FAULT_SEED', Math.floor(Math.random() * 2 ** 31)),
  cycles: read('MUSTER_FAULT_CYCLES', 10),
  devices: read('MUSTER_FAULT_DEVICES', 40),
  rate: read('MUSTER_FAULT_RATE', 10),
  awayMs: read('MUSTER_FAULT_AWAY_MS', 7000),
  doubts: read('MUSTER_FAULT_DOUBTS', 12),
  connects: read('MUSTER_FAULT_CONNECTS', 2000),
  fuzzMs: read('MUSTER_FAULT_FUZZ_MS', 12_000),
};

function read(name: string, usual: number): number {
  const value = Number(process.env[name] || usual);
  if (!(Number.isInteger(value) && value >= 0)) throw new RangeError(`${name} must be a whole number.`);
  return value;
}
