import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { MusterError } from '../platform/errors.ts';
import type { ExportHead } from './export.ts';
import { isSigned, readKeys } from './signing.ts';
import type { TrailItem } from './trail.ts';
import { createWalk, type Walk, type Walked } from './walk.ts';

/** What an export says of itself and what was found in it. */
export interface FileVerification extends Walked {
  ok: boolean;
  organizationId: string;
  exportedAt: string;
  /** Of the key in the file. Whoever compares it with the installation's own knows that the file is from there. */
  keyId: string;
}

/**
 * Verifies an export as NDJSON with nothing but the file: line by line, in constant memory.
 * @throws MusterError `malformed` when it is no whole export, or its first line is not signed by its key
 */
export async function verifyExport(file: string): Promise<FileVerification> {
  let head: ExportHead | undefined;
  let walk: Walk | undefined;
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line === '') continue;
    const item = parse(line, number);
    if (!head || !walk) {
      head = readHead(item);
      walk = createWalk(head.organizationId, readKeys(head.keys));
    } else if (item.kind === 'entry') walk.entry(item);
    else if (item.kind === 'checkpoint') walk.checkpoint(item);
    else if (item.kind !== 'unchained') throw malformed(`Line ${number} is not one of an audit export.`);
  }
  if (!head?.head || !walk) throw malformed('The file is empty.');
  const walked = walk.finish(head.head, head.checkpoints);
  const { organizationId, exportedAt, keyId } = head;
  return { ok: walked.problem === null, organizationId, exportedAt, keyId, ...walked };
}

function readHead(line: TrailItem | ExportHead): ExportHead {
  if (line.kind !== 'export' || line.format !== 'muster-audit-1' || !Array.isArray(line.keys))
    throw malformed('This is not an audit export as NDJSON: its first line says nothing of it.');
  const key = readKeys(line.keys).get(line.keyId);
  if (!key || !isSigned(line, key))
    throw malformed('The first line of the export was changed: its signature is wrong.');
  if (!line.whole || !line.head)
    throw malformed(
      'This export holds the entries of a filter. Only the whole trail can be verified: export it without.',
    );
  return line;
}

function parse(line: string, number: number): TrailItem | ExportHead {
  try {
    const item: unknown = JSON.parse(line);
    if (typeof item === 'object' && item !== null) return item as TrailItem | ExportHead;
  } catch {
    // falls through to the refusal
  }
  throw malformed(`Line ${number} is not JSON.`);
}

const malformed = (detail: string) => new MusterError('malformed', detail);
