import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Sent } from './truth.ts';

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

export const truthKey = (boot: string, seq: number): string => `${boot}/${seq}`;

/**
 * Reads a truth file line by line. A line that is no JSON was cut short by a kill: it is counted and left out.
 *
 * @throws TypeError for a line that is JSON but not of a truth file
 */
export async function readTruth(file: string): Promise<TruthRecord> {
  const record: TruthRecord = { sent: new Map(), acknowledged: new Set(), repeated: new Map(), torn: 0 };
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const text of lines) {
    if (text === '') continue;
    const line = parse(text);
    if (line === undefined) record.torn++;
    else take(record, line, text);
  }
  return record;
}

interface Line extends Omit<Sent, 'deviceId' | 'organization'> {
  s?: string;
  o?: string;
  r?: string;
  a?: string;
}

function take(record: TruthRecord, line: Line, text: string): void {
  const { s, o, r, a, ...rest } = line;
  const key = truthKey(line.boot, line.seq);
  if (s !== undefined && o !== undefined) record.sent.set(key, { deviceId: s, organization: o, ...rest });
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
