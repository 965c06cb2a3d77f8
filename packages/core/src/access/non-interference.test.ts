import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '@muster/testkit/server';
import { openTenant, type Tenant } from '@muster/testkit/tenant';
import { type TenantCall, tenantCalls } from '@muster/testkit/tenant-calls';
import fc from 'fast-check';

/** `MUSTER_ISOLATION_RUNS=500 npm test -- non-interference` looks longer, `MUSTER_ISOLATION_SEED` at the same again. */
const RUNS = Number(process.env.MUSTER_ISOLATION_RUNS || 8);
const SEED = Number(process.env.MUSTER_ISOLATION_SEED || randomBytes(4).readInt32LE());
const CALLS = 25;

let server: TestServer;
before(async () => {
  server = await startTestServer({
    // nobody listens there: letters wait
    environment: {
      MUSTER_SMTP_URL: 'smtp://127.0.0.1:9',
      MUSTER_MAIL_FROM: 'muster@example.com',
      MUSTER_TRUSTED_PROXIES: '127.0.0.1',
    },
  });
});
after(() => server.stop());

type Step = [call: TenantCall, n: number];
const step = fc.tuple(fc.constantFrom(...(Object.keys(tenantCalls) as TenantCall[])), fc.nat({ max: 39 }));
/** A number that nobody but the other organization measures. */
const OFFSET = 8_675_309;

let runs = 0;

/** Plays the steps of one organization, each followed by what the other one does meanwhile. */
async function play(own: Step[], foreign: Step[]): Promise<{ answers: string[]; live: string[]; slug: string }> {
  const run = ++runs;
  const canary = `canary${randomBytes(4).toString('hex')}`;
  const slug = `own-${run}`;
  const address = (host: number) => `10.${run >> 8}.${run & 255}.${host}`;
  let other: Tenant | undefined;
  const made = () => Object.values(other?.made ?? {}).map((ids) => ids.at(-1));
  const one = await openTenant(server, { slug, word: 'plain', offset: 0, address: address(1), foreign: made });
  const away = { slug: `far-${canary}`, word: canary, offset: OFFSET, address: address(2), foreign: () => [] };
  other = await openTenant(server, away);
  const each = Math.ceil(foreign.length / Math.max(1, own.length));
  const perform = async (steps: Step[]) => {
    for (const [call, n] of steps) await other?.perform(call, n);
  };
  await perform(foreign.slice(own.length * each));
  for (const [index, [call, n]] of own.entries()) {
    await perform(foreign.slice(index * each, (index + 1) * each));
    await one.perform(call, n);
  }
  await other.finish();
  const told = await one.finish();
  for (const text of [...told.answers, ...told.live]) {
    assert.ok(!text.toLowerCase().includes('canary'), `a word of the other organization: ${text.slice(0, 2000)}`);
    assert.ok(!text.includes(String(OFFSET).slice(0, 5)), `a value of the other organization: ${text.slice(0, 2000)}`);
  }
  return { ...told, slug };
}

/** The same run twice differs in ids, secrets, times and hashes only: each id has the number of its first appearance. */
function plain({ answers, live, slug }: Awaited<ReturnType<typeof play>>): string[] {
  const ids = new Map<string, string>();
  const idOf = (id: string) => {
    if (!ids.has(id)) ids.set(id, `id${ids.size + 1}`);
    return ids.get(id) as string;
  };
  return [...answers, ...live].map((text) =>
    text
      .replaceAll(slug, 'SLUG')
      .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"…"')
      // when it is noted, and whether a letter was tried meanwhile, are matters of the clock
      .replaceAll(/"(last\w*(?:At|Address)|fault|mail|hint|nextCursor)":(?:null|"[^"]*")/g, '"$1":"…"')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, idOf)
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)?/g, 'TIME')
      .replaceAll(/\b1[789]\d{11}(?:\.\d+)?\b/g, 'MS')
      .replaceAll(/\b[0-9a-f]{32,}\b/g, 'HASH')
      .replaceAll(/\b10\.\d+\.\d+\.1\b/g, 'ADDRESS')
      .replaceAll(/\bm[a-z]_[\w-]+/g, 'SECRET')
      .replaceAll(/[\w+/-]{40,}={0,2}/g, 'RANDOM'),
  );
}

test(`what another organization does changes nothing of what one is told (seed ${SEED})`, async () => {
  let told = 0;
  const steps = (length: number) => fc.array(step, { minLength: 1, maxLength: length, size: 'max' });
  const property = fc.asyncProperty(steps(CALLS), steps(4), steps(CALLS), async (own, quiet, loud) => {
    const [one, other] = [plain(await play(own, quiet)), plain(await play(own, loud))];
    assert.deepEqual(other, one);
    told += one.length;
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: RUNS * 15_000 });
  assert.ok(told >= RUNS * 4, `${told} answers were compared`);
});
