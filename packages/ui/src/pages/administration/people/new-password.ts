import type { PasswordRule } from '@muster/contract/schema';
import { hasAllKinds } from '../../setup/password.ts';

/** Without letters and digits that are easily taken for each other: 32 of them, so that a byte chooses evenly. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 5;

/**
 * A password that nobody guesses (nearly 100 bits) and that can be read out: `k7mqd-…`, in four groups, one of them in large
 * letters where four kinds of characters are asked for.
 */
export const makePassword = (rule: PasswordRule): string => {
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_LENGTH));
    const letters = [...bytes].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
    const groups = Array.from({ length: GROUPS }, (_, group) =>
      letters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH),
    );
    const made = groups.map((group, index) => (rule.classes && index === 0 ? group.toUpperCase() : group)).join('-');
    // one of thirty has no digit, or nothing but digits where letters are asked for
    if (!rule.classes || hasAllKinds(made)) return made;
  }
};
