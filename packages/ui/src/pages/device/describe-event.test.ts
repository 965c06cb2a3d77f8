import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeEvent, flatFields } from './describe-event.ts';

const t = (key: string, options: { defaultValue: string }) =>
  ({ 'status.offline': 'Offline', 'statusReason.silent': 'nothing heard' })[key] ?? options.defaultValue;

const type = {
  id: 'lab.rig',
  title: 'Rig',
  titles: {},
  solution: 'lab',
  open: false,
  intervalMs: 1000,
  metrics: {},
  events: { door_opened: { title: 'Door opened', titles: { pl: 'Otwarto drzwi' } } },
  commands: {},
  configuration: {},
};

test('a status change says what the device became and why', () => {
  const data = { from: 'online', to: 'offline', reason: 'silent' };
  assert.equal(describeEvent({ type: 'muster.status', data }, null, t, 'en'), 'Offline, nothing heard');
  assert.equal(describeEvent({ type: 'muster.status', data: { to: 'lost' } }, null, t, 'en'), 'lost');
  assert.equal(describeEvent({ type: 'muster.status', data: null }, null, t, 'en'), '');
});

test('an event has the title of its type, or its own name', () => {
  assert.equal(describeEvent({ type: 'door_opened', data: {} }, type, t, 'pl'), 'Otwarto drzwi');
  assert.equal(describeEvent({ type: 'constructor', data: {} }, type, t, 'pl'), 'constructor');
});

test('short flat data fits one line, everything else does not', () => {
  assert.deepEqual(flatFields({ door: 'A', open: true, n: 3 }), [
    ['door', 'A'],
    ['open', 'true'],
    ['n', '3'],
  ]);
  assert.equal(flatFields({ nested: {} }), null);
  assert.equal(flatFields([1]), null);
  assert.equal(flatFields('text'), null);
  assert.equal(flatFields({ long: 'x'.repeat(61) }), null);
  assert.deepEqual(flatFields({}), []);
});
