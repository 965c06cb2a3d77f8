export { type Caller, callerOf } from './caller.ts';
export { bearerOf, type Identified, type Identify } from './identify.ts';
export { openIdentity } from './open.ts';
export type { Setup } from './setup.ts';
export type { Throttle } from './throttle.ts';
export { resetPassword } from './users/reset-password.ts';
