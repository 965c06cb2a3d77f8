const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 };

/** `0s`, `10m`, `24h` in ms: how long an old credential works beside the new one. */
export const readGrace = (text: string): number =>
  Number.parseInt(text, 10) * UNIT_MS[text.at(-1) as keyof typeof UNIT_MS];
