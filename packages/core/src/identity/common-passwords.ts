let known: Promise<ReadonlySet<string>> | undefined;

/** The 49,000 most common passwords of breaches, in small letters. Read when the first password is chosen: a server at rest does without. */
const commonPasswords = (): Promise<ReadonlySet<string>> => {
  known ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  return known;
};

/** What people put around a word so that it looks like a password. */
const DECORATION = /^[^\p{L}]{0,4}|[^\p{L}]{0,4}$/gu;

/** Is it a common password, one with a few digits or signs around it, or one written twice? */
export async function isCommon(password: string): Promise<boolean> {
  const list = await commonPasswords();
  const plain = password.toLowerCase();
  const half = plain.slice(0, plain.length / 2);
  return [plain, plain.replace(DECORATION, ''), ...(half + half === plain ? [half] : [])].some((one) => list.has(one));
}
