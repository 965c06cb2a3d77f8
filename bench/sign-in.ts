import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import type { Tokens } from '@muster/contract/identity';
import type { Bench, BenchContext } from './bench.ts';
import { signIn } from './harness/client.ts';
import { owner, startServer } from './harness/server.ts';
import { spread } from './harness/spread.ts';

const AT_ONCE = 20;
/** Fewer sign-ins in all than one address may try in a minute. */
const ROUNDS = 12;
const CALLS = 3000;
const WARM = 100;
const DEVICES = 10;

/** How long somebody waits who signs in while others do, and what it costs to ask whether somebody may. */
export const identity: Bench = {
  name: 'sign-in',
  title: 'Signing in, and asking who may',
  async run(ctx) {
    const server = await startServer({ flags: ctx.serverFlags });
    ctx.note(
      `A sign-in is one Argon2id of 46 MiB and one pass (ASVS 5.0 appendix C), a session and an entry in the audit trail. ` +
        `${availableParallelism()} cores hash as many at once.`,
    );
    await measureSignIns(ctx, server.http);
    await measurePermissionCheck(ctx, server.http);
    await server.stop();
  },
};

async function measureSignIns(ctx: BenchContext, http: string): Promise<void> {
  const client = await signIn(http);
  // as many people: one person's own attempts at the same moment are slowed down
  const people = Array.from({ length: AT_ONCE }, (_, n) => ({
    username: `person-${n}`,
    password: 'given-by-somebody-else',
  }));
  for (const person of people) await client.post('/users', { ...person, email: `${person.username}@example.com` });
  const one: number[] = [];
  for (let n = 0; n < (ctx.quick ? 3 : ROUNDS); n++) one.push(await timeOf(http, owner));
  ctx.measured({ name: 'one sign-in alone, p50', value: spread(one).p50, unit: 'ms' });
  const all: number[] = [];
  for (let round = 0; round < (ctx.quick ? 2 : ROUNDS); round++) {
    all.push(...(await Promise.all(people.map((person) => timeOf(http, person)))));
  }
  const { p50, p95 } = spread(all);
  ctx.measured({ name: `${AT_ONCE} at once, p50`, value: p50, unit: 'ms' });
  ctx.measured({ name: `${AT_ONCE} at once, p95`, value: p95, unit: 'ms', target: { sign: '<', value: 300 } });
}

async function timeOf(http: string, credentials: object): Promise<number> {
  const startedAt = performance.now();
  const answer = await fetch(new URL('/api/v1/auth/login', http), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  const { accessToken } = (await answer.json()) as Tokens;
  assert.ok(accessToken, `HTTP ${answer.status}`);
  return performance.now() - startedAt;
}

/**
 * The same list, as somebody sees it whose role holds everywhere, and as one whose role holds in one place: what lies between is
 * the dearest check there is, which the database makes row by row. In turns, so that both meet the same machine.
 */
async function measurePermissionCheck(ctx: BenchContext, http: string): Promise<void> {
  const client = await signIn(http);
  const place = await client.post<{ id: string }>('/places', { name: 'Hall', kind: 'site', slug: 'hall' });
  for (let n = 0; n < DEVICES; n++) {
    await client.post('/devices', { deviceId: `device-${n}`, type: 'generic', placeId: place.id });
  }
  const person = { username: 'viewer', email: 'viewer@example.com', password: 'given-by-somebody-else' };
  await client.post('/users', { ...person, roles: [{ role: 'viewer', placeId: place.id }] });
  const newPassword = 'chosen-by-the-person-himself';
  const first = await signIn(http, person);
  await first.post('/auth/password/change', { currentPassword: person.password, newPassword });
  const scoped = await signIn(http, { ...person, password: newPassword });
  const [everywhere, somewhere]: [number[], number[]] = [[], []];
  for (let n = 0; n < (ctx.quick ? 50 : CALLS); n++) {
    for (const [who, times] of [
      [client, everywhere],
      [scoped, somewhere],
    ] as const) {
      const startedAt = performance.now();
      const { items } = await who.get<{ items: unknown[] }>(`/devices?limit=${DEVICES}`);
      times.push(performance.now() - startedAt);
      assert.equal(items.length, DEVICES);
    }
  }
  const warm = ctx.quick ? 5 : WARM;
  const base = spread(everywhere.slice(warm)).p50;
  ctx.measured({ name: `a list of ${DEVICES} devices, role everywhere, p50`, value: base * 1000, unit: 'µs' });
  const added = (spread(somewhere.slice(warm)).p50 - base) * 1000;
  const target = { sign: '<' as const, value: 50 };
  ctx.measured({ name: 'a role that holds in one place adds, p50', value: added, unit: 'µs', target });
}
