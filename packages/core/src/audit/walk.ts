import type { AuditFault, AuditProblem } from '@muster/contract/audit';
import { type ChainedEntry, commitmentOf, GENESIS, type Head, hashOf } from '../platform/audit-chain.ts';
import { createUnrecorded } from '../platform/audit-ranges.ts';
import { type Checkpoint, isSignedCheckpoint, type Keys } from './signing.ts';

/** What a walk has seen so far. */
export interface Walked {
  entries: number;
  /** Entries whose personal part was erased. */
  erased: number;
  /** Entries of before the chain: nothing proves what they say. */
  unchained: number;
  checkpoints: number;
  last: Head;
  problem: AuditProblem | null;
}

/** Goes along a chain from its beginning, entry by entry, each checkpoint after the entry that it was taken over. */
export interface Walk {
  entry(entry: ChainedEntry): void;
  /** One of before the chain. */
  unchained(entry: ChainedEntry): void;
  checkpoint(checkpoint: Checkpoint): void;
  /** What was looked at last stood there otherwise than it is written. */
  notAsWritten(kind: 'entry' | 'unchained' | 'checkpoint'): void;
  /** @param head where the chain ends by what is known of it @param checkpoints how many there are */
  finish(head: Head, checkpoints: number): Walked;
}

/**
 * Behind the first problem nothing is looked at any more: all that follows depends on it.
 * @param before how many entries of before the chain there are
 */
export function createWalk(organizationId: string, keys: Keys, before = 0): Walk {
  const start = { seq: 0, hash: GENESIS };
  const walked: Walked = { entries: 0, erased: 0, unchained: 0, checkpoints: 0, last: start, problem: null };
  const unrecorded = createUnrecorded();
  /** The number that the next entry of before the chain has; 1: they are all there. */
  let ahead = 1 - before;
  const fail = (seq: number, what: AuditFault) => {
    walked.problem = { seq, what };
  };
  return {
    entry(entry) {
      if (walked.problem) return;
      if (ahead < 1) return fail(ahead, 'missing');
      const { last } = walked;
      const wanted = last.seq + 1;
      if (entry.seq > wanted) return fail(wanted, 'missing');
      if (entry.seq !== wanted) return fail(Math.max(1, Number(entry.seq) || 1), 'out_of_order');
      walked.entries++;
      if (entry.organizationId !== organizationId || hashOf(last.hash, entry) !== entry.hash)
        return fail(wanted, 'changed');
      if (entry.erases !== undefined) unrecorded.settle(entry.erases);
      if (entry.personal === null && entry.salt === null) {
        walked.erased++;
        unrecorded.add(wanted);
      } else if (!keepsWord(entry)) return fail(wanted, 'personal_changed');
      walked.last = { seq: entry.seq, hash: entry.hash };
    },
    unchained({ seq, organizationId: of }) {
      if (walked.problem) return;
      const isBehind = walked.last.seq > 0 || walked.checkpoints > 0;
      if (isBehind || !Number.isInteger(seq) || seq > 0 || seq < ahead) return fail(Number(seq) || 0, 'out_of_order');
      if (seq > ahead) return fail(ahead, 'missing');
      if (of !== organizationId) return fail(seq, 'changed');
      ahead++;
      walked.unchained++;
    },
    checkpoint(checkpoint) {
      if (walked.problem) return;
      if (ahead < 1) return fail(ahead, 'missing');
      const { last } = walked;
      if (checkpoint.seq > last.seq) return fail(last.seq + 1, 'missing');
      const seq = Math.max(1, checkpoint.seq);
      if (checkpoint.number !== walked.checkpoints + 1) return fail(seq, 'checkpoint_missing');
      walked.checkpoints++;
      const key = keys.get(checkpoint.keyId);
      if (!key) return fail(seq, 'checkpoint_unknown_key');
      if (!isSignedCheckpoint(checkpoint, key)) return fail(seq, 'checkpoint_unsigned');
      // signed before an entry that stands in front of it
      if (checkpoint.seq < last.seq) return fail(checkpoint.seq + 1, 'out_of_order');
      const isOfThis = checkpoint.organizationId === organizationId;
      if (!isOfThis || checkpoint.hash !== last.hash) return fail(seq, 'checkpoint_differs');
    },
    notAsWritten(kind) {
      if (walked.problem) return;
      if (kind === 'checkpoint') fail(Math.max(1, walked.last.seq), 'checkpoint_unsigned');
      else fail(kind === 'entry' ? walked.last.seq : ahead - 1, 'changed');
    },
    finish(head, checkpoints) {
      const { last, problem } = walked;
      if (problem) return walked;
      const erased = unrecorded.first();
      if (ahead < 1) fail(ahead, 'missing');
      else if (last.seq < head.seq) fail(last.seq + 1, 'missing');
      else if (last.seq > head.seq) fail(head.seq + 1, 'behind_end');
      else if (last.hash !== head.hash) fail(Math.max(1, head.seq), 'changed');
      else if (walked.checkpoints < checkpoints) fail(Math.max(1, last.seq), 'checkpoint_missing');
      else if (erased !== undefined) fail(erased, 'erased_unrecorded');
      return walked;
    },
  };
}

const keepsWord = ({ personal, salt, commitment }: ChainedEntry): boolean =>
  typeof personal === 'object' &&
  personal !== null &&
  typeof salt === 'string' &&
  commitmentOf(salt, personal) === commitment;
