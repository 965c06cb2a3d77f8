import type { AuditFault, AuditProblem } from '@muster/contract/audit';
import { type ChainedEntry, commitmentOf, GENESIS, type Head, hashOf } from '../platform/audit-chain.ts';
import { type Checkpoint, isSignedCheckpoint, type Keys } from './signing.ts';

/** What a walk has seen so far. */
export interface Walked {
  entries: number;
  /** Entries whose personal part was erased. */
  erased: number;
  checkpoints: number;
  last: Head;
  problem: AuditProblem | null;
}

/** Goes along a chain from its beginning, entry by entry, each checkpoint after the entry that it was taken over. */
export interface Walk {
  entry(entry: ChainedEntry): void;
  checkpoint(checkpoint: Checkpoint): void;
  /** @param head where the chain ends by what is known of it @param checkpoints how many there are */
  finish(head: Head, checkpoints: number): Walked;
}

/** Behind the first problem nothing is looked at any more: all that follows depends on it. */
export function createWalk(organizationId: string, keys: Keys): Walk {
  const walked: Walked = { entries: 0, erased: 0, checkpoints: 0, last: { seq: 0, hash: GENESIS }, problem: null };
  const fail = (seq: number, what: AuditFault) => {
    walked.problem = { seq, what };
  };
  return {
    entry(entry) {
      if (walked.problem) return;
      const { last } = walked;
      const wanted = last.seq + 1;
      if (entry.seq > wanted) return fail(wanted, 'missing');
      if (entry.seq !== wanted) return fail(Math.max(1, Number(entry.seq) || 1), 'out_of_order');
      walked.entries++;
      if (entry.organizationId !== organizationId || hashOf(last.hash, entry) !== entry.hash)
        return fail(wanted, 'changed');
      if (entry.personal === null && entry.salt === null) walked.erased++;
      else if (!keepsWord(entry)) return fail(wanted, 'personal_changed');
      walked.last = { seq: entry.seq, hash: entry.hash };
    },
    checkpoint(checkpoint) {
      if (walked.problem) return;
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
    finish(head, checkpoints) {
      const { last, problem } = walked;
      if (problem) return walked;
      if (last.seq < head.seq) fail(last.seq + 1, 'missing');
      else if (last.seq > head.seq) fail(head.seq + 1, 'behind_end');
      else if (last.hash !== head.hash) fail(Math.max(1, head.seq), 'changed');
      else if (walked.checkpoints < checkpoints) fail(Math.max(1, last.seq), 'checkpoint_missing');
      return walked;
    },
  };
}

const keepsWord = ({ personal, salt, commitment }: ChainedEntry): boolean =>
  personal !== null && typeof salt === 'string' && commitmentOf(salt, personal) === commitment;
