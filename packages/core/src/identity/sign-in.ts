import { setTimeout as sleep } from 'node:timers/promises';
import type { TransactionContext } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { MusterError, unauthenticated } from '../platform/errors.ts';
import type { Refusals } from '../platform/refusals.ts';
import type { Secret } from '../platform/secret.ts';
import { type Account, contextFor, findAccount } from './account.ts';
import type { Caller } from './caller.ts';
import { isKnownDevice } from './known-devices.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';
import { codeAccount, useCode } from './second-factor/use-code.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { sourceOf, type Throttle } from './throttle.ts';

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
  const source = sourceOf(caller.address);
  const isKnown = (id: string) => isKnownDevice(secret, caller.knownDevices, id);
  const note = (whose: Account, details: Record<string, string> = {}) =>
    refusals.note(contextFor(whose, caller), { action: 'auth.refused', object: `user:${whose.id}`, details });
  const found = await findAccount(db, input, isKnown);
  const known = found !== undefined && isKnown(found.id);
  // by whatever name he is called it is one account; a name that nobody has is slowed down in the same way
  const account = found?.id ?? `${input.organization ?? ''}/${input.username}`;
  const judge = async () => {
    const right = await verifyPassword(input.password, found?.password_hash, source);
    // who was disabled is answered like somebody unknown
    return right && found?.status === 'active' ? found : undefined;
  };
  const user = await throttle.attempt(account, caller.address, judge, { known }).catch(async (error) => {
    const isLate = error instanceof MusterError && error.code === 'too_many';
    if (isLate && found) void note(found, { why: 'too many attempts' });
    if (isLate) await nextTick(began);
    throw error;
  });
  if (!user) {
    // not waited for, and answered by the clock: that an account is known must not show in the time of the answer
    if (found) void note(found);
    await nextTick(began);
    throw unauthenticated('The user name or the password is wrong.');
  }
  const freshHash = isOutdated(user.password_hash) ? await hashPassword(input.password, source) : undefined;
  const open = (factor?: UsedFactor) =>
    sessions.open(user, caller, async (ctx) => {
      // what was changed while the password was compared counts: nobody comes in with the old one
      if (!(await isStill(ctx, user))) return undefined;
      const used = factor && (await factor(ctx));
      if (factor && !used) return undefined;
      if (freshHash) {
        await ctx.db.updateTable('users').set({ password_hash: freshHash }).where('id', '=', user.id).execute();
      }
      return { strong: used !== undefined, details: used ? { factor: used } : {} };
    });
  if (!user.second_factor) {
    const signedIn = await open();
    if (signedIn) return signedIn;
    throw unauthenticated('The user name or the password is wrong.');
  }
  const { code } = input;
  if (!code) throw codeNeeded();
  // who gets here knows the password: his codes are counted wherever they come from, but for a device of the person's own
  const counted = codeAccount(user.id, known);
  const signedIn = await throttle.attempt(counted, '', () => open((ctx) => useCode(ctx, secret, user.id, code)));
  if (signedIn) return signedIn;
  await note(user, { factor: 'code' });
  throw unauthenticated('The code is wrong.', [
    { path: '/code', message: 'is wrong, or was used before', code: 'code-wrong' },
  ]);
}

type UsedFactor = (ctx: TransactionContext) => Promise<'authenticator' | 'backup' | undefined>;

/** Held until the end of the transaction: is the person's password and standing what was looked at? */
async function isStill({ db }: TransactionContext, user: Account): Promise<boolean> {
  const now = await db
    .selectFrom('users')
    .select(['password_hash', 'status'])
    .where('id', '=', user.id)
    .forUpdate()
    .executeTakeFirst();
  return now?.password_hash === user.password_hash && now.status === 'active';
}

/** Wrong sign-ins are answered only so many milliseconds after they began, or twice, three times as many … */
const TICK_MS = 50;

const nextTick = (began: number) => sleep(TICK_MS - ((performance.now() - began) % TICK_MS));

/** The password was right: the sign-in page asks for the code now. */
const codeNeeded = () =>
  unauthenticated('A code of your authenticator is needed.', [
    { path: '/code', message: 'is needed', code: 'code-needed' },
  ]);
