import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { CommandTruth, ConfigurationTruth, Sent } from './truth.ts';

/** What a truth file tells, by `boot/seq`: no two devices and no two runs share one. */
export interface TruthRecord {
  sent: Map<string, Sent>;
  /** Keys of acknowledged messages. Those that must be refused are acknowledged too. */
  acknowledged: Set<string>;
  /** How often a message was sent again on purpose. */
  repeated: Map<string, number>;
  /** Lines cut short by a kill. */
  torn: number;
}

/** With what simulated devices were told to do. */
export interface ObedientTruthRecord extends TruthRecord {
  /** Commands that were run, in order. */
  commands: CommandTruth[];
  /** How desired configurations ended, in order. */
  configurations: ConfigurationTruth[];
}

export const truthKey = (boot: string, seq: number): string => `${boot}/${seq}`;

/**
 * Reads a truth file line by line. A line that is no JSON was cut short by a kill: it is counted and left out.
 *
 * @throws TypeError for a line that is JSON but not of a truth file
 */
export async function readTruth(file: string): Promise<ObedientTruthRecord> {
  const record: ObedientTruthRecord = {
    sent: new Map(),
    acknowledged: new Set(),
    repeated: new Map(),
    commands: [],
    configurations: [],
    torn: 0,
  };
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const text of lines) {
    if (text === '') continue;
    const line = parse(text);
    if (line === undefined) record.torn++;
    else take(record, line, text);
  }
  return record;
}

interface Line
  extends Omit<Sent, 'deviceId' | 'organization'>,
    Omit<CommandTruth, 'deviceId' | 'organization'>,
    Omit<ConfigurationTruth, 'deviceId' | 'organization'> {
  s?: string;
  o?: string;
  r?: string;
  a?: string;
  c?: string;
  f?: string;
}

function take(record: ObedientTruthRecord, line: Line, text: string): void {
  const { s, o, r, a, c, f, ...rest } = line;
  const key = truthKey(line.boot, line.seq);
  if (s !== undefined && o !== undefined) record.sent.set(key, { deviceId: s, organization: o, ...rest });
  else if (c !== undefined && o !== undefined) record.commands.push({ deviceId: c, organization: o, ...rest });
  else if (f !== undefined && o !== undefined) record.configurations.push({ deviceId: f, organization: o, ...rest });
  else if (r !== undefined) record.repeated.set(key, (record.repeated.get(key) ?? 0) + 1);
  else if (a !== undefined) record.acknowledged.add(key);
  else throw new TypeError(`Not a line of a truth file: ${text.slice(0, 200)}`);
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
