import { parseArgs } from 'node:util';
import { createLog, openOperator, resetPassword } from '@muster/core';
import { runningDataDir } from '../settings.ts';
import { say } from './start.ts';

/** `muster user reset-password NAME`: a way in for whoever may use this machine, when nobody else can open the door. */
export async function user(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { organization: { type: 'string' }, 'remove-second-factor': { type: 'boolean', default: false } },
  });
  const [verb, name, ...rest] = positionals;
  if (verb !== 'reset-password' || !name || rest.length > 0) {
    throw new RangeError(
      'Say: muster user reset-password [ORGANIZATION/]NAME [--organization SLUG] [--remove-second-factor]',
    );
  }
  // as people sign in: a name may stand behind its organization
  const [username, slug] = name.split('/').reverse() as [string, string?];
  const organization = values.organization ?? slug;
  const operator = await openOperator(await runningDataDir(), createLog('warn'));
  try {
    const ctx = await operator.contextOf(organization);
    const password = await resetPassword(operator.db, ctx, operator.outbox, {
      username,
      secondFactor: values['remove-second-factor'],
    });
    say(`${username} of ${ctx.organizationSlug} signs in with this password, and chooses another one then:`);
    process.stdout.write(`${password}\n`);
  } finally {
    await operator.stop();
  }
  return 0;
}
