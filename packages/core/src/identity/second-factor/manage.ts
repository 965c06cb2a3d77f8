import { randomInt } from 'node:crypto';
import { renderSVG } from 'uqr';
import type { Outbox } from '../../mail/index.ts';
import { audit } from '../../platform/audit.ts';
import { tell } from '../../platform/bus.ts';
import type { TransactionContext } from '../../platform/context.ts';
import { type Db, inOrganization } from '../../platform/db/store.ts';
import { conflict, invalid } from '../../platform/errors.ts';
import type { Secret } from '../../platform/secret.ts';
import { readReader } from '../mail-links/link.ts';
import { requirePassword } from '../require-password.ts';
import type { PersonContext } from '../sessions.ts';
import type { Throttle } from '../throttle.ts';
import { requireStrong } from './require-strong.ts';
import { base32, createSeed, findStep, otpauthUri } from './totp.ts';
import { codeAccount, hashOfCode, readFactor, sealOf, useCode } from './use-code.ts';

export interface SecondFactorDeps {
  db: Db;
  secret: Secret;
  throttle: Throttle;
  outbox: Outbox;
}

/** What proves that it is the person himself who asks. */
interface Confirmation {
  /** Absent: he has none, and signed in a moment ago. */
  password?: string;
  code: string;
}

const BACKUP_CODES = 10;
/** Without what is easily taken for something else (i, l, o, 0, 1): 49 bits in ten of them. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const ISSUER = 'Muster';

/** Has the caller a second factor, and how many backup codes are left? */
export const readState = ({ db }: SecondFactorDeps, ctx: PersonContext) =>
  inOrganization(db, ctx, async (inside) => {
    const factor = await readFactor(inside, ctx.user.id);
    const left = await inside.db
      .selectFrom('backup_codes')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('user_id', '=', ctx.user.id)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow();
    return { confirmedAt: factor?.confirmed_at?.toISOString() ?? null, backupCodesLeft: Number(left.count) };
  });

/** A new seed, wrapped in the store; an earlier one that was never confirmed is forgotten. @throws MusterError `invalid`, `conflict` when there is a second factor */
export async function setUp({ db, secret, throttle }: SecondFactorDeps, ctx: PersonContext, password = '') {
  await requirePassword(db, ctx, password, throttle, '/password');
  const { id, username, organization } = ctx.user;
  const seed = createSeed();
  await inOrganization(db, ctx, async (inside) => {
    if (await readFactor(inside, id)) throw conflict('You have a second factor. Disable it first.');
    await requireStrong(inside, ctx);
    const wrapped = secret.wrap(sealOf(id), seed);
    await inside.db
      .insertInto('second_factors')
      .values({ organization_id: organization.id, user_id: id, seed: wrapped })
      .onConflict((other) => other.columns(['organization_id', 'user_id']).doUpdateSet({ seed: wrapped, last_step: 0 }))
      .execute();
    await audit(inside, { action: 'auth.second_factor_prepared', object: `user:${id}` });
  });
  const uri = otpauthUri(seed, `${username}@${organization.slug}`, ISSUER);
  return { uri, secret: base32(seed), qr: renderSVG(uri, { border: 2 }) };
}

/** From now on a sign-in asks for a code. @throws MusterError `invalid` for a wrong code, `conflict` without a seed, `too_many` */
export async function confirm({ db, secret, throttle }: SecondFactorDeps, ctx: PersonContext, code: string) {
  const { id } = ctx.user;
  const judge = async (inside: TransactionContext) => {
    const prepared = await inside.db
      .selectFrom('second_factors')
      .selectAll()
      .where('user_id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!prepared) throw conflict('There is no seed to confirm. Set the second factor up first.');
    if (prepared.confirmed_at) throw conflict('The second factor is confirmed already.');
    await requireStrong(inside, ctx);
    const step = findStep(secret.unwrap(sealOf(id), prepared.seed), code, Date.now(), 0);
    if (step === undefined) return undefined;
    await inside.db
      .updateTable('second_factors')
      .set({ confirmed_at: new Date(), last_step: step })
      .where('user_id', '=', id)
      .execute();
    const codes = await makeBackupCodes(inside, id);
    // whoever confirmed it has just proved himself with it
    await inside.db.updateTable('sessions').set({ strong: true }).where('id', '=', ctx.sessionId).execute();
    await tell(inside, { kind: 'access.changed', organizationId: ctx.organizationId, of: id });
    await audit(inside, { action: 'auth.second_factor_enabled', object: `user:${id}` });
    return codes;
  };
  const backupCodes = await throttle.attempt(codeAccount(id), '', () => inOrganization(db, ctx, judge));
  if (!backupCodes) throw wrongCode();
  return { backupCodes };
}

/** @throws MusterError `invalid`, `conflict` for a password that is too short to be the only factor, `too_many` */
export const disable = (deps: SecondFactorDeps, ctx: PersonContext, input: Confirmation) =>
  withCode(deps, ctx, input, async (inside) => {
    const { id } = ctx.user;
    const { short_password: short } = await inside.db
      .selectFrom('users')
      .select('short_password')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (short) throw conflict('Your password is too short to be the only factor. Choose a longer one first.');
    await inside.db.deleteFrom('second_factors').where('user_id', '=', id).execute();
    await inside.db.deleteFrom('backup_codes').where('user_id', '=', id).execute();
    await deps.outbox.post(inside, await readReader(inside, id), { kind: 'second-factor-removed' });
    await audit(inside, { action: 'auth.second_factor_disabled', object: `user:${id}` });
  });

/** New ones; the old ones are of no use any more. @throws MusterError `invalid`, `too_many` */
export const renewBackupCodes = (deps: SecondFactorDeps, ctx: PersonContext, input: Confirmation) =>
  withCode(deps, ctx, input, async (inside) => {
    const backupCodes = await makeBackupCodes(inside, ctx.user.id);
    await audit(inside, { action: 'auth.backup_codes_renewed', object: `user:${ctx.user.id}` });
    return { backupCodes };
  });

/** Asks for the password and a code before it does something, in the transaction that uses the code up. */
async function withCode<T>(
  { db, secret, throttle }: SecondFactorDeps,
  ctx: PersonContext,
  { password = '', code }: Confirmation,
  work: (inside: TransactionContext) => Promise<T>,
): Promise<T> {
  const { id } = ctx.user;
  await requirePassword(db, ctx, password, throttle, '/password');
  const judge = async (inside: TransactionContext) => {
    if (!(await readFactor(inside, id))) throw conflict('You have no second factor.');
    return (await useCode(inside, secret, id, code)) ? { result: await work(inside) } : undefined;
  };
  const done = await throttle.attempt(codeAccount(id), '', () => inOrganization(db, ctx, judge));
  if (!done) throw wrongCode();
  return done.result;
}

const wrongCode = () =>
  invalid('The code is wrong.', [{ path: '/code', message: 'is wrong, or was used before', code: 'code-wrong' }]);

async function makeBackupCodes({ db, organizationId }: TransactionContext, userId: string): Promise<string[]> {
  await db.deleteFrom('backup_codes').where('user_id', '=', userId).execute();
  const codes = Array.from({ length: BACKUP_CODES }, makeCode);
  await db
    .insertInto('backup_codes')
    .values(codes.map((code) => ({ organization_id: organizationId, user_id: userId, hash: hashOfCode(userId, code) })))
    .execute();
  return codes;
}

/** `abcde-23456` */
function makeCode(): string {
  const letters = Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}
