import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupByUnit } from './group-by-unit.ts';
import type { Metric } from './metric.ts';

const metric = (name: string, unit: string | null, kind: Metric['kind'] = 'number'): Metric => ({
  name,
  title: name,
  kind,
  unit,
  range: null,
  limits: null,
  decimals: null,
});

test('metrics of one unit share a chart, in the order they come', () => {
  const { charts } = groupByUnit([metric('p1', 'bar'), metric('p3', 'mbar'), metric('p2', 'bar')], new Set());
  assert.deepEqual(
    charts.map((chart) => [chart.unit, chart.metrics.map((each) => each.name)]),
    [
      ['bar', ['p1', 'p2']],
      ['mbar', ['p3']],
    ],
  );
});

test('numbers without a unit get a chart each, other kinds none', () => {
  const { charts, states } = groupByUnit(
    [metric('a', null), metric('open', null, 'boolean'), metric('b', null), metric('mode', null, 'string')],
    new Set(),
  );
  assert.deepEqual(
    charts.map((chart) => chart.metrics.map((each) => each.name)),
    [['a'], ['b']],
  );
  assert.deepEqual(
    states.map((each) => each.name),
    ['open', 'mode'],
  );
});

test('a metric that sent numbers and states is in a chart and in a strip, whichever came last', () => {
  const { charts, states } = groupByUnit([metric('a', null), metric('b', null, 'string')], new Set(['a', 'b']));
  assert.deepEqual(
    charts.map((chart) => chart.metrics.map((each) => [each.name, each.kind])),
    [[['a', 'number']], [['b', 'number']]],
  );
  assert.deepEqual(
    states.map((each) => [each.name, each.kind]),
    [
      ['a', 'string'],
      ['b', 'string'],
    ],
  );
});
