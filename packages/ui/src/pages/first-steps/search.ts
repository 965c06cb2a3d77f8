/** In the order in which a newcomer goes through them. */
export const stepNames = ['security', 'place', 'device', 'done'] as const;
export type StepName = (typeof stepNames)[number];

/** View state of the first steps as their address holds it. */
export interface FirstStepsSearch {
  /** Absent: the first one that is not done. */
  step?: StepName | undefined;
  /** The device that was made here and whose first message is awaited. */
  device?: string | undefined;
}

/** Reads an address written by us or by hand: what makes no sense counts as absent. Never throws. */
export const parseFirstStepsSearch = (raw: Record<string, unknown>): FirstStepsSearch => {
  const step = stepNames.find((known) => known === raw.step);
  const isDevice = typeof raw.device === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(raw.device);
  return { ...(step === undefined ? {} : { step }), ...(isDevice ? { device: raw.device as string } : {}) };
};
