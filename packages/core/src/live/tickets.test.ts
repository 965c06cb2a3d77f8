import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTickets } from './tickets.ts';

const asker = () => Promise.reject(new Error('nobody is looked at here'));

test('a ticket opens once', () => {
  const tickets = createTickets();
  const ticket = tickets.make(asker);
  assert.match(ticket, /^[A-Za-z0-9_-]{32}$/, '192 random bits');
  assert.equal(tickets.use(ticket), asker);
  assert.throws(() => tickets.use(ticket), { code: 'unauthenticated' });
  assert.throws(() => tickets.use('never made'), { code: 'unauthenticated' });
});

test('after thirty seconds a ticket opens nothing', () => {
  let now = 0;
  const tickets = createTickets(() => now);
  const [early, late] = [tickets.make(asker), tickets.make(asker)];
  now = 29_999;
  assert.equal(tickets.use(early), asker);
  now = 30_001;
  assert.throws(() => tickets.use(late), { code: 'unauthenticated' });
});

test('tickets that nobody uses are forgotten, and a flood of them pushes out the oldest', () => {
  let now = 0;
  const tickets = createTickets(() => now);
  const first = tickets.make(asker);
  for (let made = 0; made < 20_000; made++) tickets.make(asker);
  assert.throws(() => tickets.use(first), { code: 'unauthenticated' });
  now = 60_000;
  const fresh = tickets.make(asker);
  assert.equal(tickets.use(fresh), asker);
});
