import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../platform/db/store.ts';
import { unauthenticated } from '../platform/errors.ts';
import type { Refusals } from '../platform/refusals.ts';
import type { Secret } from '../platform/secret.ts';
import { type Account, contextFor, findAccounts } from './account.ts';
import type { Caller } from './caller.ts';
import { isKnownDevice } from './known-devices.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';
import { codeAccount, useCode } from './second-factor/use-code.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import type { Throttle } from './throttle.ts';

/** What somebody signs in with. */
export interface Credentials {
  username: string;
  password: string;
  /** Of the authenticator, or a backup code. */
  code?: string;
  organization?: string;
}

export interface SignInDeps {
  db: Db;
  secret: Secret;
  sessions: Sessions;
  throttle: Throttle;
  refusals: Refusals;
}

/** With a password, and a code where there is a second factor. @throws MusterError `unauthenticated`, the same for an unknown user and a wrong password; `too_many` */
export async function signIn(
  { db, secret, sessions, throttle, refusals }: SignInDeps,
  input: Credentials,
  caller: Caller,
): Promise<SignedIn> {
  const began = performance.now();
  const found = await findAccounts(db, input.username, input.organization);
  // by whatever name he is called it is one account; a name that nobody has, or several, is slowed down in the same way
  const [only] = found.length === 1 ? found : [];
  const account = only?.id ?? `${input.organization ?? ''}/${input.username}`;
  throttle.check(account, caller.address);
  if (!found.some(({ id }) => isKnownDevice(secret, caller.knownDevices, id))) throttle.checkAccount(account);
  const user = await whoseIs(input.password, found);
  if (!user) {
    throttle.failed(account, caller.address);
    // not waited for, and answered by the clock: that an account is known must not show in the time of the answer
    if (only) void refusals.note(contextFor(only, caller), { action: 'auth.refused', object: `user:${only.id}` });
    await nextTick(began);
    throw unauthenticated('The user name or the password is wrong.');
  }
  throttle.succeeded(account, caller.address);
  if (user.second_factor && !input.code) throw codeNeeded();
  // who gets here knows the password: his codes are counted wherever they come from
  if (user.second_factor) throttle.check(codeAccount(user.id), '');
  const freshHash = isOutdated(user.password_hash) ? await hashPassword(input.password) : undefined;
  const signedIn = await sessions.open(user, caller, async (ctx) => {
    const factor = user.second_factor ? await useCode(ctx, secret, user.id, input.code as string) : undefined;
    if (user.second_factor && !factor) return undefined;
    if (freshHash) {
      await ctx.db.updateTable('users').set({ password_hash: freshHash }).where('id', '=', user.id).execute();
    }
    return { strong: factor !== undefined, details: factor ? { factor } : {} };
  });
  if (!signedIn) {
    throttle.failed(codeAccount(user.id), '');
    await refusals.note(contextFor(user, caller), {
      action: 'auth.refused',
      object: `user:${user.id}`,
      details: { factor: 'code' },
    });
    throw unauthenticated('The code is wrong.', [
      { path: '/code', message: 'is wrong, or was used before', code: 'code-wrong' },
    ]);
  }
  if (user.second_factor) throttle.succeeded(codeAccount(user.id), '');
  return signedIn;
}

/**
 * Whose password it is. The same name may be there in several organizations: an organization that takes a name must not keep
 * somebody of another one out. Who was disabled is answered like somebody unknown.
 * @returns undefined for nobody, and where two have the same
 */
async function whoseIs(password: string, found: readonly Account[]): Promise<Account | undefined> {
  const hashes = found.length === 0 ? [undefined] : found.map((one) => one.password_hash);
  const right = await Promise.all(hashes.map((hash) => verifyPassword(password, hash)));
  const [one, ...others] = found.filter(({ status }, index) => right[index] && status === 'active');
  return others.length === 0 ? one : undefined;
}

/** Wrong sign-ins are answered only so many milliseconds after they began, or twice, three times as many … */
const TICK_MS = 50;

const nextTick = (began: number) => sleep(TICK_MS - ((performance.now() - began) % TICK_MS));

/** The password was right: the sign-in page asks for the code now. */
const codeNeeded = () =>
  unauthenticated('A code of your authenticator is needed.', [
    { path: '/code', message: 'is needed', code: 'code-needed' },
  ]);
