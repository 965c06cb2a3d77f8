import type { Value } from '@muster/contract/telemetry';
import type { StoredMessage } from '../telemetry/index.ts';
import type { Postcondition } from './view.ts';

/** A command that the device says is done, and what must be measured before it is believed. */
export interface Verification {
  id: string;
  organizationId: string;
  device: number;
  deviceId: string;
  postcondition: Postcondition;
  /** Only what was measured from then on counts, ms since 1970. */
  since: number;
}

/** The device's clock may be behind by so much, ms. */
const CLOCK_MS = 2000;
const GOOD = 0;

/** Watches stored messages for what postconditions wait for. Costs nothing while none does. */
export function createVerifier(onMet: (verification: Verification, observed: Value) => void) {
  const waiting = new Map<number, Verification[]>();
  /** The newest value that was measured and did not do. */
  const seen = new Map<string, Value>();

  function drop({ id, device }: Pick<Verification, 'id' | 'device'>): void {
    const left = waiting.get(device)?.filter((one) => one.id !== id) ?? [];
    if (left.length > 0) waiting.set(device, left);
    else waiting.delete(device);
  }

  return {
    watch(verification: Verification): void {
      const known = waiting.get(verification.device) ?? [];
      if (known.some(({ id }) => id === verification.id)) return;
      waiting.set(verification.device, [...known, verification]);
    },
    /** @returns what was measured last; undefined: nothing was */
    forget(verification: Pick<Verification, 'id' | 'device'>): Value | undefined {
      const last = seen.get(verification.id);
      drop(verification);
      seen.delete(verification.id);
      return last;
    },
    onStored(message: StoredMessage): void {
      if (waiting.size === 0) return;
      for (const verification of waiting.get(message.channel.number) ?? []) {
        if (message.ts < verification.since - CLOCK_MS) continue;
        const value = goodValueOf(message, verification.postcondition.metric);
        if (value === undefined) continue;
        if (isMet(verification.postcondition, value)) {
          drop(verification);
          seen.delete(verification.id);
          onMet(verification, value);
        } else seen.set(verification.id, value);
      }
    },
  };
}

/** A value whose quality is doubtful proves nothing. */
function goodValueOf({ layout, values, quality, other }: StoredMessage, metric: string): Value | undefined {
  const index = layout.index.get(metric);
  if (index !== undefined && (quality?.[index] ?? GOOD) !== GOOD) return undefined;
  const number = index === undefined ? Number.NaN : (values[index] as number);
  if (!Number.isNaN(number)) return number;
  const text = other && Object.hasOwn(other, metric) ? other[metric] : undefined;
  return text === null ? undefined : (text as Value | undefined);
}

/** Values of another kind than what is asked for meet nothing. */
function isMet({ operator, value }: Pick<Postcondition, 'operator' | 'value'>, observed: Value): boolean {
  if (typeof observed !== typeof value) return false;
  if (operator === '==') return observed === value;
  if (operator === '!=') return observed !== value;
  if (typeof observed !== 'number' || typeof value !== 'number') return false;
  if (operator === '<') return observed < value;
  if (operator === '<=') return observed <= value;
  if (operator === '>') return observed > value;
  return observed >= value;
}
