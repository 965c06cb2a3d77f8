import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Person } from '@muster/contract/users';
import { bodyOf } from '@muster/testkit/api';
import { startTestServer, type TestServer } from '@muster/testkit/server';

/** Sign-ins of each kind; `MUSTER_TIMING_SAMPLES=500` tells whether the times differ. An account bears 100 failures before it slows down, so they are spread. */
const SAMPLES = Number(process.env.MUSTER_TIMING_SAMPLES || 60);
const NAMES = 10;

let server: TestServer;
const known: string[] = [];
let disabled: string;
before(async () => {
  server = await startTestServer({ environment: { MUSTER_TRUSTED_PROXIES: '127.0.0.1' } });
  for (let index = 0; index < NAMES; index++) known.push((await server.addPerson([])).username);
  const person = await server.addPerson([]);
  const { version } = await bodyOf(server.api.get<Person>(`/users/${person.id}`), 200);
  await bodyOf(server.api.patch(`/users/${person.id}`, { status: 'disabled' }, { version }), 200);
  disabled = person.username;
});
after(() => server.stop());

interface Sample {
  ms: number;
  said: string;
}

let source = 0;

/** @returns what the answer shows, without what no two answers share */
async function signIn(username: string, organization = server.slug): Promise<Sample> {
  // each from an address of its own: nobody is slowed down
  source++;
  const headers = { 'x-forwarded-for': `10.1.${source >> 8}.${source & 255}` };
  const start = performance.now();
  const answer = await server.anybody.post('/auth/login', { username, password: 'wrong', organization }, { headers });
  const ms = performance.now() - start;
  const shown = [...answer.headers].filter(([name]) => !/^(?:date|x-request-id|x-ratelimit-reset)$/.test(name));
  const text = answer.text.replace(/"requestId":"[^"]+"/, '"requestId":"…"');
  return { ms, said: JSON.stringify([answer.status, shown, text]) };
}

const median = (values: number[]) => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;

/** Two-sided p of the Mann-Whitney test, by the normal distribution: small where the two differ. */
function mannWhitney(one: number[], other: number[]): number {
  const all = [...one.map((ms) => [ms, 1]), ...other.map((ms) => [ms, 0])].sort(([a = 0], [b = 0]) => a - b);
  const ranks = all.reduce((sum, [, isOne], index) => sum + (isOne ? index + 1 : 0), 0);
  const [n, m] = [one.length, other.length];
  const z = Math.abs(ranks - (n * (n + m + 1)) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  // Abramowitz and Stegun 26.2.17
  const t = 1 / (1 + 0.2316419 * z);
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.min(1, (2 * tail * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));
}

test('a name that is known, one that is not and one that was disabled are answered alike', async (context) => {
  await signIn('warm-up');
  const samples: Record<'known' | 'unknown', Sample[]> = { known: [], unknown: [] };
  for (let index = 0; index < SAMPLES; index++) {
    const name = known[index % NAMES] as string;
    // what comes first changes, so that neither gains by it
    const order = index % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
    for (const kind of order) samples[kind].push(await signIn(kind === 'known' ? name : `nobody-${index % NAMES}`));
  }
  const others = [
    await signIn(disabled),
    await signIn(known[0] as string, 'no-such-organization'),
    await signIn(disabled),
  ];
  const all = [...samples.known, ...samples.unknown, ...others];
  const [first] = all;
  assert.match(first?.said ?? '', /^\[401,/);
  for (const sample of all) assert.equal(sample.said, first?.said);
  const times = { known: samples.known.map(({ ms }) => ms), unknown: samples.unknown.map(({ ms }) => ms) };
  const [one, other] = [median(times.known), median(times.unknown)];
  context.diagnostic(
    `median ${one.toFixed(2)} ms known, ${other.toFixed(2)} ms unknown, p = ${mannWhitney(times.known, times.unknown).toFixed(3)}`,
  );
});

/** More than the two hashes at once and the fifty that may wait for them. */
const CROWD = 120;

test('for a name that nobody has a hash is computed as for one that is known: both wait for the same two places', async () => {
  for (const nameOf of [(index: number) => known[index % NAMES] as string, (index: number) => `nobody-${index}`]) {
    const answers = await Promise.all(Array.from({ length: CROWD }, (_, index) => signIn(nameOf(index))));
    const statuses = answers.map(({ said }) => Number(said.slice(1, 4)));
    const turnedAway = statuses.filter((status) => status === 429 || status === 503).length;
    assert.ok(turnedAway > 0, `${statuses}: no hash was waited for`);
    assert.equal(statuses.filter((status) => status === 401).length, CROWD - turnedAway);
  }
});
