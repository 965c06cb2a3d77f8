/** The fewest characters of a password, as the server demands them. */
export const PASSWORD_LENGTH = 15;

/** The fewest different characters of a password. */
export const LEAST_VARIETY = 5;

/** How many different characters a password has, upper and lower case alike. */
export const variety = (password: string): number => new Set(password.toLowerCase()).size;

/** How many characters a password has, as people count them. */
export const lengthOf = (password: string): number => [...password].length;

const STRONG_LENGTH = 20;
const VARIED = 8;

/** 0 to 4: how far a password is from what is asked, then how far beyond it. */
export const strengthOf = (password: string): 0 | 1 | 2 | 3 | 4 => {
  const length = lengthOf(password);
  const varied = variety(password);
  if (length === 0) return 0;
  if (length < PASSWORD_LENGTH / 2) return 1;
  if (length < PASSWORD_LENGTH || varied < LEAST_VARIETY) return 2;
  return length >= STRONG_LENGTH && varied >= VARIED ? 4 : 3;
};
