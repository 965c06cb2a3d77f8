import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hiddenOf, parseDeviceSearch, rangeOf, searchForLive, searchForRange, searchForToggle } from './search.ts';

test('a plain address means the last 15 minutes, live', () => {
  assert.deepEqual(parseDeviceSearch({}), {});
  assert.equal(rangeOf({}), '15m');
});

test('an address is read as it was written', () => {
  const search = {
    tab: 'events',
    range: '1h',
    from: '2026-11-21T13:00:00.000Z',
    to: '2026-11-21T14:00:00.000Z',
    hidden: 'p1,p2',
    metric: 'p3',
    fit: true,
    view: 'table',
    event: 'started',
  } as const;
  assert.deepEqual(parseDeviceSearch(search), search);
  assert.deepEqual(rangeOf(search), { from: Date.UTC(2026, 10, 21, 13), to: Date.UTC(2026, 10, 21, 14) });
});

test('what makes no sense counts as absent', () => {
  assert.deepEqual(
    parseDeviceSearch({
      tab: 'nonsense',
      range: 'constructor',
      from: '2026-11-21T14:00:00Z',
      to: '2026-11-21T13:00:00Z',
      hidden: 7,
      metric: '',
      fit: 'yes',
      view: ['table'],
      event: 'x'.repeat(200),
    }),
    {},
  );
  assert.deepEqual(parseDeviceSearch({ from: 'yesterday', to: 'now' }), {});
  assert.deepEqual(parseDeviceSearch({ from: '2026-11-21T14:00:00Z' }), {});
});

test('what is as at first is left out of the address', () => {
  assert.deepEqual(parseDeviceSearch({ tab: 'live', range: '15m' }), {});
  assert.deepEqual(searchForRange('15m'), { range: undefined, from: undefined, to: undefined });
});

test('a fixed range keeps the live range to go back to', () => {
  const zoomed = { range: '1h' as const, ...searchForRange({ from: 0, to: 1000 }) };
  assert.deepEqual(rangeOf(zoomed), { from: 0, to: 1000 });
  assert.equal(rangeOf({ ...zoomed, ...searchForLive() }), '1h');
});

test('a metric is switched off and on again', () => {
  const off = searchForToggle({}, 'p1');
  assert.deepEqual(off, { hidden: 'p1' });
  assert.deepEqual([...hiddenOf(off)], ['p1']);
  assert.deepEqual(searchForToggle(off, 'p2'), { hidden: 'p1,p2' });
  assert.deepEqual(searchForToggle(off, 'p1'), { hidden: undefined });
});
