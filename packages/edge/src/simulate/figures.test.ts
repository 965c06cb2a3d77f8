import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countConnections, describe, emptyFigures, summarize } from './figures.ts';

test('connections are counted through all their states', () => {
  const figures = emptyFigures(2);
  const [first, second] = [countConnections(figures), countConnections(figures)];
  const seen = () => [figures.connected, figures.refused, figures.reconnects];
  first('connecting', '');
  first('online', '');
  second('connecting', '');
  second('refused', 'no');
  assert.deepEqual(seen(), [1, 1, 0]);
  first('offline', 'gone');
  second('connecting', '');
  second('online', '');
  assert.deepEqual(seen(), [1, 0, 0]);
  first('connecting', '');
  first('online', '');
  assert.deepEqual(seen(), [2, 0, 1]);
  assert.equal(figures.lastReason, 'gone');
});

test('the line for people says what matters, and trouble only when there is some', () => {
  const calm = { ...emptyFigures(1000), connected: 1000, sent: 12_345, acknowledged: 12_300 };
  assert.equal(describe(calm, 999.6), '1,000 of 1,000 connected · 12,345 sent · 12,300 acknowledged · 1,000/s');
  const trouble = {
    connected: 990,
    refused: 10,
    lastReason: 'Not authorized',
    behindMs: 2100,
    dropped: 5,
    reconnects: 3,
  };
  assert.equal(
    describe({ ...calm, ...trouble }, 0),
    '990 of 1,000 connected · 12,345 sent · 12,300 acknowledged · 3 reconnects · 5 dropped · 0/s · 10 refused · Not authorized · 2 s behind',
  );
  assert.equal(summarize({ ...calm, repeated: 7 }), '12,345 sent · 12,300 acknowledged · 7 repeated');
});
