import { useState } from 'react';

interface Draft<Fields> {
  /** What is typed, or what is there while nothing is. */
  fields: Fields;
  isChanged: boolean;
  /** Somebody else changed what is being changed here. */
  isOvertaken: boolean;
  change(part: Partial<Fields>): void;
  /** Back to what is there. */
  giveUp(): void;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What somebody types over something that may change meanwhile: it stays until it is saved or given up. */
export const useDraft = <Fields extends object>(current: Fields): Draft<Fields> => {
  const [draft, setDraft] = useState<{ basis: Fields; fields: Fields } | null>(null);
  const basis = draft?.basis ?? current;
  const fields = draft?.fields ?? current;
  return {
    fields,
    isChanged: draft !== null,
    isOvertaken: draft !== null && !same(basis, current),
    change: (part) => {
      const next = { ...fields, ...part };
      setDraft(same(next, basis) ? null : { basis, fields: next });
    },
    giveUp: () => setDraft(null),
  };
};
