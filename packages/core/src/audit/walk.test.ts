import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChainedEntry, canonical, commitmentOf, GENESIS, type Head, hashOf } from '../platform/audit-chain.ts';
import { writeRanges } from '../platform/audit-ranges.ts';
import type { Checkpoint } from './signing.ts';
import { createWalk } from './walk.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keys = new Map([['k', createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }))]]);
const LENGTH = 12;

type Item = ({ kind: 'entry' } & ChainedEntry) | ({ kind: 'checkpoint' } & Checkpoint);

/** Twelve entries, signed before the first and behind every fourth. */
function makeTrail(): Item[] {
  const items: Item[] = [];
  let previous = GENESIS;
  let number = 0;
  const checkpoint = (seq: number) => {
    const content = { organizationId: 'o', number: ++number, seq, hash: previous, at: 't', keyId: 'k' };
    const signature = sign(null, Buffer.from(canonical(content)), privateKey).toString('base64url');
    items.push({ kind: 'checkpoint', ...content, signature });
  };
  checkpoint(0);
  for (let seq = 1; seq <= LENGTH; seq++) {
    const personal = { actorName: `person ${seq % 3}`, address: '::1', userAgent: null, details: { after: { seq } } };
    const salt = String(seq).padStart(32, '0');
    const entry = {
      organizationId: 'o',
      seq,
      id: `id ${seq}`,
      at: new Date(seq * 1000).toISOString(),
      actorKind: 'user',
      actorId: 'u',
      action: 'place.created',
      object: `place:${seq}`,
      result: 'done' as const,
      requestId: 'r',
      commitment: commitmentOf(salt, personal),
    };
    previous = hashOf(previous, entry);
    items.push({ kind: 'entry', ...entry, personal, salt, hash: previous });
    if (seq % 4 === 0) checkpoint(seq);
  }
  return items;
}

const trail = makeTrail();
const entries = trail.filter((item) => item.kind === 'entry');
const head = { seq: LENGTH, hash: entries.at(-1)?.hash ?? '' };

/** The trail with entries that were erased, and one more at its end that says which were. */
function erasedTrail(chosen: readonly number[], recorded: readonly number[]): [Item[], Head] {
  const items = trail.map((item) =>
    item.kind === 'entry' && chosen.includes(item.seq) ? { ...item, personal: null, salt: null } : item,
  );
  const { kind, personal, salt, hash: previous, ...last } = entries.at(-1) as (typeof entries)[number];
  const record = { ...last, seq: LENGTH + 1, ...(recorded.length > 0 && { erases: writeRanges(recorded) }) };
  const hash = hashOf(previous, record);
  return [[...items, { kind, ...record, personal, salt, hash }], { seq: LENGTH + 1, hash }];
}

function walkAlong(items: readonly Item[], end = head) {
  const walk = createWalk('o', keys);
  for (const item of items) {
    if (item.kind === 'entry') walk.entry(item);
    else walk.checkpoint(item);
  }
  return walk.finish(end, 4);
}

const seqs = fc.integer({ min: 1, max: LENGTH });
const without = (seq: number) => trail.filter((item) => item.kind !== 'entry' || item.seq !== seq);
const indexOf = (seq: number) => trail.findIndex((item) => item.kind === 'entry' && item.seq === seq);

test('a trail that nobody touched is whole', () => {
  const { problem, entries, checkpoints, last } = walkAlong(trail);
  assert.deepEqual([problem, entries, checkpoints, last], [null, LENGTH, 4, head]);
});

test('any change of any field of any entry is found, and its number named', () => {
  const fields = [
    'organizationId',
    'id',
    'at',
    'actorKind',
    'actorId',
    'action',
    'object',
    'result',
    'requestId',
    'commitment',
    'hash',
    'salt',
    'personal',
  ] as const;
  fc.assert(
    fc.property(seqs, fc.constantFrom(...fields), fc.string(), (seq, field, text) => {
      const changed = trail.map((item) =>
        item.kind === 'entry' && item.seq === seq ? { ...item, [field]: text } : item,
      );
      assert.equal(walkAlong(changed as Item[]).problem?.seq, seq);
    }),
  );
});

test('any entry that was removed is found', () => {
  fc.assert(fc.property(seqs, (seq) => assert.deepEqual(walkAlong(without(seq)).problem, { seq, what: 'missing' })));
});

test('two entries that changed places are found, and the first of them is named', () => {
  fc.assert(
    fc.property(seqs, seqs, (one, other) => {
      fc.pre(one !== other);
      const swapped = [...trail];
      [swapped[indexOf(one)], swapped[indexOf(other)]] = [trail[indexOf(other)] as Item, trail[indexOf(one)] as Item];
      assert.equal(walkAlong(swapped).problem?.seq, Math.min(one, other));
    }),
  );
});

test('an entry that was put in is found, wherever it stands', () => {
  fc.assert(
    fc.property(seqs, fc.integer({ min: 0, max: trail.length }), (seq, index) => {
      const copy = trail[indexOf(seq)] as Item;
      const { problem } = walkAlong(trail.toSpliced(index, 0, copy));
      const before = trail.slice(0, index).filter((item) => item.kind === 'entry').length;
      assert.equal(problem?.seq, Math.min(seq, before + 1));
    }),
  );
});

test('a tail that was cut off is found, with its checkpoints and without', () => {
  fc.assert(
    fc.property(seqs, fc.boolean(), (seq, keepsCheckpoints) => {
      const cut = trail.filter((item) => item.seq < seq || (keepsCheckpoints && item.kind === 'checkpoint'));
      assert.deepEqual(walkAlong(cut).problem, { seq, what: 'missing' });
    }),
  );
});

test('a checkpoint that was dropped or signs something else is found', () => {
  const signed = trail.filter((item) => item.kind === 'checkpoint');
  for (const [index, checkpoint] of signed.entries()) {
    const dropped = walkAlong(trail.filter((item) => item !== checkpoint)).problem;
    const next = signed[index + 1]?.seq ?? LENGTH;
    assert.deepEqual(dropped, { seq: next, what: 'checkpoint_missing' });
    for (const [field, value, what] of [
      ['hash', 'x', 'checkpoint_unsigned'],
      ['at', 'x', 'checkpoint_unsigned'],
      ['signature', 'x', 'checkpoint_unsigned'],
      ['keyId', 'x', 'checkpoint_unknown_key'],
    ] as const) {
      const changed = trail.map((item) => (item === checkpoint ? { ...item, [field]: value } : item));
      assert.deepEqual(walkAlong(changed as Item[]).problem, { seq: Math.max(1, checkpoint.seq), what }, field);
    }
  }
});

test('whoever writes the chain anew from some entry on is found at the next signature', () => {
  const items = structuredClone(trail);
  let previous = GENESIS;
  for (const item of items) {
    if (item.kind !== 'entry') continue;
    if (item.seq === 6) item.action = 'place.deleted';
    item.hash = hashOf(previous, item);
    previous = item.hash;
  }
  assert.deepEqual(walkAlong(items).problem, { seq: 8, what: 'checkpoint_differs' });
});

test('an erased personal part wants a later entry that says so; a part without its salt is none', () => {
  fc.assert(
    fc.property(fc.uniqueArray(seqs, { minLength: 1 }), fc.constantFrom('none', 'all', 'first'), (chosen, named) => {
      const first = Math.min(...chosen);
      const [next = null] = chosen.filter((seq) => seq !== first).sort((one, other) => one - other);
      const record = { none: [], all: chosen, first: [first] }[named];
      const { problem, erased } = walkAlong(...erasedTrail(chosen, record));
      assert.equal(erased, chosen.length);
      const seq = { none: first, all: null, first: next }[named];
      assert.deepEqual(problem, seq && { seq, what: 'erased_unrecorded' });
    }),
  );
  const saltless = trail.map((item) => (item.kind === 'entry' ? { ...item, salt: null } : item));
  assert.deepEqual(walkAlong(saltless).problem, { seq: 1, what: 'personal_changed' });
});
