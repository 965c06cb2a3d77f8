import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceTypeView } from '@muster/contract/solution';
import { metricsOf } from './metrics.ts';

const type: DeviceTypeView = {
  id: 'industrial.pressure-station',
  title: 'Pressure station',
  titles: { en: 'Pressure station', pl: 'Stanowisko ciśnieniowe' },
  solution: 'industrial',
  open: false,
  intervalMs: 1000,
  metrics: {
    p1: {
      title: 'Pressure 1',
      titles: { en: 'Pressure 1', pl: 'Ciśnienie 1' },
      kind: 'number',
      unit: 'bar',
      range: [0, 10],
      limits: { low: 2, high: 8 },
      decimals: 2,
    },
  },
  events: {},
  commands: {},
  configuration: {},
};

test('a type says what a metric is, in the language of the viewer', () => {
  assert.deepEqual(metricsOf(type, {}, 'pl'), [
    {
      name: 'p1',
      title: 'Ciśnienie 1',
      kind: 'number',
      unit: 'bar',
      range: [0, 10],
      limits: { low: 2, high: 8 },
      decimals: 2,
    },
  ]);
  assert.equal(metricsOf(type, {}, 'de')[0]?.title, 'Pressure 1');
});

test('what a type does not know follows by name, its kind guessed from its value', () => {
  const metrics = metricsOf(
    type,
    { p1: { value: 4 }, open: { value: true }, mode: { value: 'idle' }, flow: { value: 1 } },
    'en',
  );
  assert.deepEqual(
    metrics.map((metric) => [metric.name, metric.kind]),
    [
      ['p1', 'number'],
      ['flow', 'number'],
      ['mode', 'string'],
      ['open', 'boolean'],
    ],
  );
  assert.equal(metricsOf(null, { constructor: { value: 1 } }, 'en')[0]?.name, 'constructor');
});
