import { createReadStream } from 'node:fs';
import { MusterError } from '../platform/errors.ts';
import { type ExportHead, type TrailItem, writeLine } from './line.ts';
import { isSigned, readKeys } from './signing.ts';
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
  for await (const line of linesOf(file)) {
    number++;
    const item = parse(line, number);
    if (!head || !walk) {
      head = readHead(item, line);
      walk = createWalk(head.organizationId, readKeys(head.keys), head.unchained);
      continue;
    }
    if (item.kind === 'entry') walk.entry(item);
    else if (item.kind === 'unchained') walk.unchained(item);
    else if (item.kind === 'checkpoint') walk.checkpoint(item);
    else throw malformed(`Line ${number} is not one of an audit export.`);
    if (!isAsWritten(item, line)) walk.notAsWritten(item.kind);
  }
  if (!head?.head || !walk) throw malformed('The file is empty.');
  const walked = walk.finish(head.head, head.checkpoints);
  const { organizationId, exportedAt, keyId } = head;
  return { ok: walked.problem === null, organizationId, exportedAt, keyId, ...walked };
}

/** Only a line feed ends a line: other characters that some programs take for one may stand in a name. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function isAsWritten(item: TrailItem | ExportHead, line: string): boolean {
  try {
    return writeLine(item) === line;
  } catch {
    // parts of it are of another kind than an export has there
    return false;
  }
}

function readHead(item: TrailItem | ExportHead, line: string): ExportHead {
  if (item.kind !== 'export' || item.format !== 'muster-audit-1' || !Array.isArray(item.keys))
    throw malformed('This is not an audit export as NDJSON: its first line says nothing of it.');
  const key = readKeys(item.keys).get(item.keyId);
  if (!key || !isSigned(item, key) || !isAsWritten(item, line) || !Number.isInteger(item.unchained))
    throw malformed('The first line of the export was changed: its signature is wrong.');
  if (!item.whole || !item.head)
    throw malformed(
      'This export holds the entries of a filter. Only the whole trail can be verified: export it without.',
    );
  return item;
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
