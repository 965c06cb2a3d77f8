import { LEAST_VARIETY, lengthOf, usualRule, variety } from './password.ts';

/** What the first owner types. */
export interface SetupInput {
  setupToken: string;
  organizationName: string;
  slug: string;
  username: string;
  email: string;
  password: string;
}

export type SetupFault = 'required' | 'slug' | 'username' | 'email' | 'short' | 'repeats';

/** Names of texts for what is wrong, by field; empty when all can be sent. */
export const checkSetup = (input: SetupInput): Partial<Record<keyof SetupInput, SetupFault>> => {
  const faults: Partial<Record<keyof SetupInput, SetupFault>> = {};
  for (const [field, value] of Object.entries(input) as [keyof SetupInput, string][]) {
    if (value.trim() === '') faults[field] = 'required';
  }
  if (!faults.slug && !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(input.slug)) faults.slug = 'slug';
  if (!faults.username && !/^[^\s/:]{1,64}$/.test(input.username.trim())) faults.username = 'username';
  if (!faults.email && !/^[^\s@]+@[^\s@]+$/.test(input.email.trim())) faults.email = 'email';
  if (!faults.password && lengthOf(input.password) < usualRule.least) faults.password = 'short';
  if (!faults.password && variety(input.password) < LEAST_VARIETY) faults.password = 'repeats';
  return faults;
};
