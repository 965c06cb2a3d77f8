import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLatestStore } from './latest-store.ts';

const store = () => {
  const waiting: (() => void)[] = [];
  const latest = createLatestStore((call) => waiting.push(call));
  let told = 0;
  latest.subscribe(() => told++);
  const frame = () => {
    for (const call of waiting.splice(0)) call();
    return told;
  };
  return { latest, frame };
};

test('many values of one frame are told once', () => {
  const { latest, frame } = store();
  for (let i = 0; i < 50; i++) latest.take({ p1: { ts: i, value: i, status: 'good' } });
  assert.equal(frame(), 1);
  assert.equal(latest.get('p1')?.value, 49);
  latest.take({ p1: { ts: 60, value: 7, status: 'bad' } });
  assert.equal(frame(), 2);
  assert.deepEqual(latest.get('p1'), { ts: 60, value: 7, quality: 'bad' });
});

test('a late value does not replace a newer one, whoever brings it', () => {
  const { latest } = store();
  latest.take({ p1: { ts: 2000, value: 2, status: 'good' } });
  latest.take({ p1: { ts: 1000, value: 1, status: 'good' } });
  latest.fill({
    p1: { ts: new Date(1500).toISOString(), value: 1.5, status: 'good' },
    open: { ts: new Date(0).toISOString(), value: true, status: 'stale' },
  });
  assert.equal(latest.get('p1')?.value, 2);
  assert.deepEqual(latest.get('open'), { ts: 0, value: true, quality: 'good' });
});

test('the list of metrics stays the same object until a new one comes', () => {
  const { latest } = store();
  latest.take({ p1: { ts: 1, value: 2, status: 'good' } });
  const known = latest.known();
  latest.take({ p1: { ts: 2, value: 3, status: 'good' } });
  assert.equal(latest.known(), known);
  latest.take({ p2: { ts: 2, value: 3, status: 'good' } });
  assert.deepEqual(Object.keys(latest.known()), ['p1', 'p2']);
});
