import * as crypto from 'node:crypto';

// the runtime has it since 24.16; its type declarations do not name it yet
const { randomUUIDv7 } = crypto as unknown as { randomUUIDv7(): string };

/** Of the newest id: its time in ms, and the twelve bits behind it. */
let [newestMs, newestBits] = [0, 0];

/** A new id: UUIDv7, sorting behind every one that this process made before (RFC 9562, 6.2: the twelve bits count on). */
export function newId(): string {
  const id = randomUUIDv7();
  const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  const bits = Number.parseInt(id.slice(15, 18), 16);
  if (ms > newestMs || (ms === newestMs && bits > newestBits)) {
    [newestMs, newestBits] = [ms, bits];
    return id;
  }
  newestBits = (newestBits + 1) % 4096;
  if (newestBits === 0) newestMs++;
  const time = newestMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${newestBits.toString(16).padStart(3, '0')}${id.slice(18)}`;
}

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const isId = (text: string): boolean => SHAPE.test(text);
