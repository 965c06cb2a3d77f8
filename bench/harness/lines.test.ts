import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cells } from './lines.ts';

test('a figure stands beside its target and what became of it', () => {
  const measure = {
    name: 'stored',
    value: 61_234.4,
    unit: 'messages/s',
    target: { sign: '≥' as const, value: 50_000 },
  };
  assert.deepEqual(cells(measure), ['stored', '61,234 messages/s', '≥ 50,000', 'reached', '']);
});

test('a bound that is met exactly is reached, one that must stay below is not', () => {
  const at = (sign: '<' | '≤' | '≥') => cells({ name: 'x', value: 25, unit: 'ms', target: { sign, value: 25 } })[3];
  assert.deepEqual([at('<'), at('≤'), at('≥')], ['missed', 'reached', 'reached']);
});

test('a ratio names what it is of and has a verdict of its own', () => {
  const ratio = { of: 'Mosquitto', value: 0.956, target: { sign: '≥' as const, value: 1 } };
  assert.equal(cells({ name: 'x', value: 1, unit: 's', ratio })[4], '0.96 × Mosquitto (≥ 1: missed)');
});

test('what was not measured has no value and reaches nothing', () => {
  assert.deepEqual(cells({ name: 'x', value: Number.NaN, unit: 'ms', target: { sign: '<', value: 5 } }).slice(1, 4), [
    'none ms',
    '< 5',
    'missed',
  ]);
});
