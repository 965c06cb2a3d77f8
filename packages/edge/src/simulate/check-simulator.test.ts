import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linuxDeviceType } from '@muster/contract/device-types/linux';
import { type DeviceType, genericDeviceType } from '@muster/contract/solution';
import { checkSimulator } from './check-simulator.ts';
import { simulators } from './generic.ts';
import type { SignalSource } from './signal.ts';

const type: DeviceType = {
  ...genericDeviceType,
  id: 'test.door',
  metrics: {
    angle: { title: { en: 'Angle' }, kind: 'number', range: [0, 90] },
    open: { title: { en: 'Open' }, kind: 'boolean' },
  },
};
const { open: _, ...closedType } = type;

const faultOf = (source: SignalSource, of: DeviceType = closedType) => checkSimulator(of, source, 1, 5).join();

test('a simulator that keeps its word has no faults', () => {
  assert.equal(
    faultOf(() => (_ts, n) => ({ angle: n, open: n > 3 })),
    '',
  );
});

test('every way to break it is found', () => {
  const sources: [SignalSource, RegExp][] = [
    [() => () => ({ angle: 1 }), /test\.door, device 0, message 1: open is missing/],
    [() => () => ({ angle: '1', open: true }), /angle is a string, not a number/],
    [() => (_ts, n) => ({ angle: n > 3 ? 91 : 1, open: true }), /message 4: angle is out of range: 91/],
    [() => () => ({ angle: Number.NaN, open: true }), /angle is out of range: NaN/],
    [() => () => ({ angle: 1, open: true, colour: 'red' }), /colour is not declared/],
    [() => () => ({ angle: Math.random(), open: true }), /is not repeatable/],
  ];
  for (const [source, fault] of sources) assert.match(faultOf(source), fault);
});

test('an open type takes metrics that are not declared', () => {
  assert.equal(
    faultOf(() => () => ({ angle: 1, open: true, colour: 'red' }), type),
    '',
  );
});

test('the simulated computer measures what its type declares', () => {
  assert.deepEqual(checkSimulator(linuxDeviceType, simulators.linux as SignalSource, 20, 5000), []);
});

test('the generic simulator measures a believable climate for two days', () => {
  const climate = simulators.generic;
  assert.ok(climate);
  const metric = (low: number, high: number) => ({
    title: { en: '' },
    kind: 'number' as const,
    range: [low, high] as const,
  });
  const believable = { ...genericDeviceType, metrics: { temperature: metric(14, 30), humidity: metric(25, 70) } };
  assert.deepEqual(checkSimulator(believable, climate, 20, (2 * 86_400_000) / genericDeviceType.intervalMs), []);
});
