import type { PasswordRule } from '@muster/contract/schema';

/** What the server asks of passwords where it has not said otherwise: of who has no second factor, in a usual organization. */
export const usualRule: PasswordRule = { least: 15, classes: false };

/** The fewest different characters of a password. */
export const LEAST_VARIETY = 5;

/** How many different characters a password has, upper and lower case alike. */
export const variety = (password: string): number => new Set(password.toLowerCase()).size;

/** How many characters a password has, as people count them. */
export const lengthOf = (password: string): number => [...password].length;

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u];

/** Has it small and large letters, digits and signs? */
export const hasAllKinds = (password: string): boolean => kinds.every((kind) => kind.test(password));

/** Is it worth asking the server? */
export const isGoodEnough = (password: string, { least, classes }: PasswordRule): boolean =>
  lengthOf(password) >= least && variety(password) >= LEAST_VARIETY && (!classes || hasAllKinds(password));

/** 0 to 3: how far a password is from what is asked. Whether it is a good one only the server knows. */
export const strengthOf = (password: string, rule: PasswordRule = usualRule): 0 | 1 | 2 | 3 => {
  const length = lengthOf(password);
  if (length === 0) return 0;
  if (length < rule.least / 2) return 1;
  return isGoodEnough(password, rule) ? 3 : 2;
};
