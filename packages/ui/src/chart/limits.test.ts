import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitBands, limitScale, limitSeverity, limitState } from './limits.ts';

const p2 = { lowLow: 0.5, low: 1, high: 4, highHigh: 4.5 };

test('a value on a limit is normal, beyond it is not', () => {
  assert.equal(limitState(1, p2), 'normal');
  assert.equal(limitState(0.99, p2), 'low');
  assert.equal(limitState(0.5, p2), 'low');
  assert.equal(limitState(0.49, p2), 'lowLow');
  assert.equal(limitState(4, p2), 'normal');
  assert.equal(limitState(4.01, p2), 'high');
  assert.equal(limitState(4.5, p2), 'high');
  assert.equal(limitState(4.51, p2), 'highHigh');
  assert.equal(limitState(99, null), 'normal');
  assert.equal(limitState(99, { low: 1 }), 'normal');
});

test('inner limits warn, outer limits are critical', () => {
  assert.equal(limitSeverity('low'), 'warning');
  assert.equal(limitSeverity('high'), 'warning');
  assert.equal(limitSeverity('lowLow'), 'critical');
  assert.equal(limitSeverity('highHigh'), 'critical');
  assert.equal(limitSeverity('normal'), null);
});

test('bands cover what lies beyond the limits and end at the axis', () => {
  assert.deepEqual(limitBands(p2, 0, 5), [
    { from: 0, to: 0.5, severity: 'critical' },
    { from: 0.5, to: 1, severity: 'warning' },
    { from: 4, to: 4.5, severity: 'warning' },
    { from: 4.5, to: 5, severity: 'critical' },
  ]);
  assert.deepEqual(limitBands(p2, 2, 3), []);
  assert.deepEqual(limitBands({ high: 8 }, 0, 10), [{ from: 8, to: 10, severity: 'warning' }]);
  assert.deepEqual(limitBands(null, 0, 10), []);
});

test('a bar spans the measuring range, else the limits with a margin, else there is none', () => {
  assert.deepEqual(limitScale([0, 10], p2), [0, 10]);
  assert.deepEqual(limitScale(null, { low: 10, high: 30 }), [5, 35]);
  assert.equal(limitScale(null, { high: 8 }), null);
  assert.equal(limitScale(null, null), null);
});
