import type { DeviceType, MetricDefinition } from '@muster/contract/solution';
import type { Value } from '@muster/contract/telemetry';
import { valuesRandom } from './plan.ts';
import type { SignalSource } from './signal.ts';

/**
 * What a simulator owes its device type: every message holds every declared metric, of the declared kind and within its
 * range, and no other metric; the same seed gives the same values.
 *
 * @param devices how many are looked at
 * @param messages of each of them, `type.intervalMs` apart
 * @returns faults, empty when it keeps its word; at most the first of each device
 */
export function checkSimulator(type: DeviceType, source: SignalSource, devices: number, messages: number): string[] {
  return Array.from({ length: devices }, (_, device) => checkDevice(type, source, device, messages)).filter(
    (fault) => fault !== undefined,
  );
}

function checkDevice(type: DeviceType, source: SignalSource, device: number, messages: number): string | undefined {
  const signal = source(valuesRandom(1, device), device);
  const again = source(valuesRandom(1, device), device);
  for (let n = 1; n <= messages; n++) {
    const ts = (n - 1) * type.intervalMs;
    const values = signal(ts, n);
    const fault =
      JSON.stringify(values) === JSON.stringify(again(ts, n)) ? checkValues(type, values) : 'is not repeatable';
    if (fault) return `${type.id}, device ${device}, message ${n}: ${fault}`;
  }
  return undefined;
}

function checkValues(type: DeviceType, values: Record<string, Value>): string | undefined {
  const undeclared = Object.keys(values).find((name) => !Object.hasOwn(type.metrics, name));
  if (undeclared !== undefined && !type.open) return `${undeclared} is not declared`;
  for (const [name, metric] of Object.entries(type.metrics)) {
    const fault = checkValue(metric, values[name]);
    if (fault) return `${name} ${fault}`;
  }
  return undefined;
}

function checkValue({ kind, range: [low, high] = [-Infinity, Infinity] }: MetricDefinition, value: Value | undefined) {
  if (value === undefined) return 'is missing';
  if (typeof value !== kind) return `is a ${typeof value}, not a ${kind}`;
  if (typeof value !== 'number') return undefined;
  return Number.isFinite(value) && value >= low && value <= high ? undefined : `is out of range: ${value}`;
}
