import { between, type Random } from '@muster/edge/random';

/** Values in one message, as in every promise about speed. */
export const VALUES = 10;

/** Ten readings around 20 with three decimals, all of the same width: packets of one device have one length. */
export function readings(random: Random): string {
  const values = Array.from(
    { length: VALUES },
    (_, index) => `"metric_${index}":${between(random, 20, 25).toFixed(3)}`,
  );
  return `"values":{${values.join(',')}}`;
}

/** Writes a whole number that fills `width` digits over what stands there. */
export function writeDigits(bytes: Buffer, at: number, width: number, value: number): void {
  let left = value;
  for (let place = at + width - 1; place >= at; place--) {
    const next = Math.floor(left / 10);
    bytes[place] = 48 + (left - next * 10);
    left = next;
  }
}
