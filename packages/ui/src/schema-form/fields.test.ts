import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftOf, fieldsOf, valuesOf } from './fields.ts';

const schema = {
  type: 'object',
  required: ['bar'],
  properties: {
    bar: { type: 'number', title: 'Pressure', titles: { pl: 'Ciśnienie' }, unit: 'bar', minimum: 0, maximum: 10 },
    mode: { enum: ['fast', 'slow'], default: 'slow' },
    ramp: { type: 'boolean', default: true },
    note: { type: 'string', description: 'For the log' },
    steps: { type: 'array', default: [1, 2] },
    count: { type: 'integer' },
  },
};

test('a schema says what its fields are called, what they take and what stands in them at first', () => {
  const fields = fieldsOf(schema, 'pl');
  assert.deepEqual(
    fields.map(({ name, kind, required }) => [name, kind, required]),
    [
      ['bar', 'number', true],
      ['mode', 'choice', false],
      ['ramp', 'boolean', false],
      ['note', 'text', false],
      ['steps', 'json', false],
      ['count', 'number', false],
    ],
  );
  assert.deepEqual([fields[0]?.label, fields[0]?.unit, fields[0]?.most], ['Ciśnienie', 'bar', 10]);
  assert.equal(fieldsOf(schema, 'en')[0]?.label, 'Pressure');
  assert.equal(fields[3]?.hint, 'For the log');
  assert.deepEqual(draftOf(fields), { bar: '', mode: 'slow', ramp: true, note: '', steps: '[1,2]', count: '' });
  assert.deepEqual(fieldsOf(undefined, 'en'), []);
  assert.deepEqual(fieldsOf({ type: 'string' }, 'en'), []);
});

test('what is typed becomes what it means, empty fields nothing, and what can not be read is named', () => {
  const fields = fieldsOf(schema, 'en');
  const draft = { bar: '2,5', mode: 'fast', ramp: false, note: ' kept ', steps: '[3]', count: '' };
  assert.deepEqual(valuesOf(fields, draft), {
    values: { bar: 2.5, mode: 'fast', ramp: false, note: ' kept ', steps: [3] },
    wrong: [],
  });
  assert.deepEqual(valuesOf(fields, { ...draft, bar: '2x', steps: '[' }).wrong, ['bar', 'steps']);
});
