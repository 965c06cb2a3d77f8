import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { AuditFault, AuditProblem } from '@muster/contract/audit';
import { createLog, MusterError, openAuditKey, openOperator, verifyAudit, verifyExport } from '@muster/core';
import { openSecret } from '@muster/core/platform/secret';
import { runningSettings } from '../settings.ts';

const faults: Record<AuditFault, string> = {
  missing: 'is missing',
  changed: 'is not what was written, or does not follow the one before',
  personal_changed: 'says something else about people than what was written',
  out_of_order: 'stands at a wrong place, or twice',
  behind_end: 'stands behind the end of the trail',
  erased_unrecorded: 'was erased, and no later entry says so',
  checkpoint_missing: 'was signed, and the signature is missing',
  checkpoint_differs: 'or one before it is not what was signed',
  checkpoint_unsigned: 'has a wrong signature',
  checkpoint_unknown_key: 'is signed by a key that is not known',
};

/** `muster audit verify [FILE]`: 0 when the trail is whole, 1 when it is not. */
export async function audit(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { organization: { type: 'string' }, key: { type: 'string' } },
    allowPositionals: true,
  });
  const [verb, file, ...rest] = positionals;
  if (verb !== 'verify' || rest.length > 0) throw new RangeError('Say: muster audit verify [FILE].');
  return file === undefined ? verifyRunning(values.organization) : verifyFile(file, values.key);
}

async function verifyFile(file: string, key: string | undefined): Promise<number> {
  await refuseOtherFiles(file);
  const found = await verifyExport(file);
  if (key !== undefined && key !== found.keyId)
    throw new MusterError('invalid', `The export is signed by the key ${found.keyId}, not by ${key}.`);
  say(`organization  ${found.organizationId}`, `exported      ${found.exportedAt}`, `signed by key ${found.keyId}`);
  return tell(found);
}

/** Says of what is no export as NDJSON what to do instead. @throws MusterError `malformed` */
async function refuseOtherFiles(file: string): Promise<void> {
  const handle = await open(file).catch((cause) => {
    throw new MusterError('malformed', `The file ${file} can not be read: is it there?`, { cause });
  });
  try {
    if (!(await handle.stat()).isFile()) throw new MusterError('malformed', `${file} is no file.`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, 0);
    if (bytesRead === 0 || buffer.toString() === '{') return;
    throw new MusterError(
      'malformed',
      `${file} is no export as NDJSON, and only that can be verified, a CSV can not. Export the whole trail as NDJSON: Administration, Audit, Export.`,
    );
  } finally {
    await handle.close();
  }
}

async function verifyRunning(organization: string | undefined): Promise<number> {
  const { dataDir, secretFile } = await runningSettings();
  const operator = await openOperator(dataDir, createLog('warn'));
  try {
    const ctx = await operator.contextOf(organization);
    const key = await openAuditKey(operator.db, await openSecret(secretFile));
    say(`organization  ${ctx.organizationSlug}`, `signed by key ${key.keyId}`);
    return tell(await verifyAudit(operator.db, ctx, key, dataDir));
  } finally {
    await operator.stop();
  }
}

interface Found {
  entries: number;
  erased: number;
  unchained: number;
  checkpoints: number;
  problem: AuditProblem | null;
}

function tell({ entries, erased, unchained, checkpoints, problem }: Found): number {
  if (erased > 0) say(`erased        ${erased} entries without their personal part`);
  say(`verified      ${entries} entries, ${checkpoints} signatures`);
  if (unchained > 0) say(`without proof ${unchained} entries of before the chain`);
  const whole =
    unchained > 0 ? 'The chain is whole. Nothing proves the entries of before it.' : 'The audit trail is whole.';
  say(problem ? `NOT WHOLE: entry ${problem.seq} ${faults[problem.what]}.` : whole);
  return problem ? 1 : 0;
}

const say = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);
