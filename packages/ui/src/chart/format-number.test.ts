import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimalsOfStep, formatNumber } from './format-number.ts';

test('a number keeps the decimals of its type in the language of the viewer', () => {
  assert.equal(formatNumber(4.2, 2, 'en'), '4.20');
  assert.equal(formatNumber(4.2, 2, 'pl'), '4,20');
  assert.equal(formatNumber(512.4, 0, 'en'), '512');
  assert.equal(formatNumber(-0.001, 2, 'en'), '0.00');
});

test('a number of unknown decimals shows what it needs', () => {
  assert.equal(formatNumber(42, null, 'en'), '42');
  assert.equal(formatNumber(21.456, null, 'en'), '21.46');
  assert.equal(formatNumber(0.012345, null, 'en'), '0.0123');
  assert.equal(formatNumber(0, null, 'en'), '0');
  assert.equal(formatNumber(21.5, null, 'en'), '21.50');
  assert.equal(formatNumber(101325.27, null, 'en'), '101,325.3');
  assert.equal(formatNumber(0.0000123, null, 'en'), '1.23E-5');
});

test('an axis has the decimals of its step', () => {
  assert.equal(decimalsOfStep(2), 0);
  assert.equal(decimalsOfStep(0.5), 1);
  assert.equal(decimalsOfStep(0.1), 1);
  assert.equal(decimalsOfStep(0.02), 2);
  assert.equal(decimalsOfStep(0.25), 2);
  assert.equal(decimalsOfStep(2.5), 1);
});
