const DAY_MS = 86_400_000;
const MOST_USES = 100_000;

/** Days that a token is good for. */
export const lifetimes = ['1', '7', '30', '90', '365'] as const;

export const endAfter = (days: string): string => new Date(Date.now() + Number(days) * DAY_MS).toISOString();

/** How many devices somebody typed; null: no such number. */
export const usesOf = (text: string): number | null => {
  const uses = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  return uses >= 1 && uses <= MOST_USES ? uses : null;
};
