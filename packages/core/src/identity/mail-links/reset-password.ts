import type { Outbox } from '../../mail/index.ts';
import { audit } from '../../platform/audit.ts';
import { tell } from '../../platform/bus.ts';
import type { TransactionContext } from '../../platform/context.ts';
import { type Db, inOrganization } from '../../platform/db/store.ts';
import { invalid } from '../../platform/errors.ts';
import type { Refusals } from '../../platform/refusals.ts';
import type { Secret } from '../../platform/secret.ts';
import { type Account, contextFor } from '../account.ts';
import type { Caller } from '../caller.ts';
import { readPasswordRules } from '../password-rules.ts';
import { checkNewPassword, hashPassword } from '../passwords.ts';
import { codeAccount, readFactor, useCode } from '../second-factor/use-code.ts';
import { sourceOf, type Throttle } from '../throttle.ts';
import { endLinks, findLink, readReader, slowly, useLink } from './link.ts';

export interface ResetDeps {
  db: Db;
  secret: Secret;
  throttle: Throttle;
  refusals: Refusals;
  outbox: Outbox;
}

export interface PasswordReset {
  token: string;
  password: string;
  /** Of the authenticator, or a backup code: whoever reads somebody's mail has not got his phone. */
  code?: string;
}

/**
 * A new password by a link, once; every session ends.
 * @throws MusterError `invalid` with the fault at `/token`, `/password` or `/code`; `too_many`
 */
export async function resetByLink(deps: ResetDeps, { token, password, code }: PasswordReset, caller: Caller) {
  const { db, secret, throttle, outbox } = deps;
  const user = await slowly(throttle, token, caller.address, () => findLink(db, token, 'password-reset'));
  const ctx = contextFor(user, caller);
  const rules = {
    ...(await readPasswordRules(db, ctx, user.id)),
    words: [user.username, user.email, user.slug, 'muster'],
  };
  const short = await checkNewPassword(password, rules, '/password');
  // a link does not stand in for the second factor: its codes are as slow to guess here as at the sign-in
  if (user.second_factor && !code) throw codeNeeded();
  const passwordHash = await hashPassword(password, sourceOf(caller.address));
  const change = async (inside: TransactionContext) => {
    const reader = await readReader(inside, user.id);
    // asked anew: one may have been set up a moment ago
    const hasFactor = (await readFactor(inside, user.id)) !== undefined;
    if (hasFactor && !code) throw codeNeeded();
    const factor = hasFactor && (await useCode(inside, secret, user.id, code as string));
    if (factor === undefined) return undefined;
    const address = await useLink(inside, token, 'password-reset');
    await inside.db
      .updateTable('users')
      .set({
        password_hash: passwordHash,
        short_password: short,
        must_change_password: false,
        password_changed_at: new Date(),
        // the link came to that address
        ...(address === reader.address ? { email_verified_at: new Date() } : {}),
      })
      .where('id', '=', user.id)
      .execute();
    const ended = await inside.db
      .updateTable('sessions')
      .set({ ended_at: new Date() })
      .where('user_id', '=', user.id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    await endLinks(inside, user.id);
    await outbox.post(inside, reader, { kind: 'password-changed' });
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: user.id });
    const details = { sessionsEnded: Number(ended.numUpdatedRows), ...(factor ? { factor } : {}) };
    await audit(inside, { action: 'auth.password_reset', object: `user:${user.id}`, details });
    return true;
  };
  const work = () => inOrganization(db, ctx, change);
  const done = user.second_factor ? await throttle.attempt(codeAccount(user.id), '', work) : await work();
  if (!done) await refuseCode(deps, user, caller);
}

const codeNeeded = () =>
  invalid('A code of your authenticator is needed.', [{ path: '/code', message: 'is needed', code: 'code-needed' }]);

async function refuseCode({ refusals }: ResetDeps, user: Account, caller: Caller): Promise<never> {
  await refusals.note(contextFor(user, caller), {
    action: 'auth.refused',
    object: `user:${user.id}`,
    details: { factor: 'code' },
  });
  throw invalid('The code is wrong.', [{ path: '/code', message: 'is wrong, or was used before', code: 'code-wrong' }]);
}
