import Type from 'typebox';
import { route } from './route.ts';
import { Nullable, Page, Paging, Strict, Timestamp, TimestampInput } from './schema.ts';

const Result = Type.Union([Type.Literal('done'), Type.Literal('refused')]);

export const AuditEntry = Type.Object({
  /** 1, 2, 3 … without a gap; up to 0: written before there was a chain. */
  seq: Type.Integer(),
  id: Type.String(),
  at: Timestamp,
  actor: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
  /** `device.created`, `auth.signed_in`. */
  action: Type.String(),
  /** `device:bench-5`, `user:…`; of a refused call its route. */
  object: Type.String(),
  result: Result,
  /** Before and after of a change, or what else there is to say. */
  details: Type.Unknown(),
  address: Nullable(Type.String()),
  userAgent: Nullable(Type.String()),
  requestId: Type.String(),
  /** Numbers of the entries that lost their personal part by this one, as `2-4,7`. */
  erases: Nullable(Type.String()),
  /** Name, address, user agent and details were erased. */
  erased: Type.Boolean(),
  hash: Nullable(Type.String()),
});
export type AuditEntry = Type.Static<typeof AuditEntry>;

/**
 * What is wrong with an entry: it is not there; it, or what it says about people, is not what was written; it stands at a wrong
 * place; it stands behind the end of the chain; it was erased, and no later entry says so. Or with the checkpoint over it: it is not there, it signs something else, its
 * signature is none, or of a key that is not known.
 */
const Fault = Type.Union([
  Type.Literal('missing'),
  Type.Literal('changed'),
  Type.Literal('personal_changed'),
  Type.Literal('out_of_order'),
  Type.Literal('behind_end'),
  Type.Literal('erased_unrecorded'),
  Type.Literal('checkpoint_missing'),
  Type.Literal('checkpoint_differs'),
  Type.Literal('checkpoint_unsigned'),
  Type.Literal('checkpoint_unknown_key'),
]);
export type AuditFault = Type.Static<typeof Fault>;
const Problem = Type.Object({ seq: Type.Integer(), what: Fault });
export type AuditProblem = Type.Static<typeof Problem>;

const Head = Type.Object({ seq: Type.Integer(), hash: Type.String() });

export const AuditVerification = Type.Object({
  ok: Type.Boolean(),
  /** Entries that were looked at. */
  entries: Type.Integer(),
  /** Of them those whose name, address, user agent and details were erased. */
  erased: Type.Integer(),
  /** Entries of before the chain, beside the others: nothing proves what they say. */
  unchained: Type.Integer(),
  /** Where the chain ends by the entries that are there. */
  head: Head,
  /** Signatures that were looked at. */
  checkpoints: Type.Integer(),
  /** The first entry that is not as it was written. */
  problem: Nullable(Problem),
});
export type AuditVerification = Type.Static<typeof AuditVerification>;

const filter = {
  /** Id of whoever acted, or a part of the name. */
  actor: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  /** How the action begins: `device.` */
  action: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
  /** How the object begins: `device:bench-5`. */
  object: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  result: Type.Optional(Result),
  from: Type.Optional(TimestampInput),
  /** Not included. */
  to: Type.Optional(TimestampInput),
  /** Anywhere in action, object, name, address or details. */
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
};

export const auditRoutes = {
  list: route({
    method: 'GET',
    path: '/audit',
    summary: 'Who did what, newest first',
    tag: 'Audit',
    access: { permission: 'audit:read' },
    query: Strict({ ...Paging, ...filter }),
    response: Page(AuditEntry),
  }),
  export: route({
    method: 'GET',
    path: '/audit/export',
    summary: 'The audit trail, streamed; as NDJSON without a filter it can be verified offline',
    tag: 'Audit',
    access: { permission: 'audit:read' },
    query: Strict({
      ...filter,
      format: Type.Union([Type.Literal('csv'), Type.Literal('ndjson')]),
      /** IANA name of the time zone of the column of local time. */
      timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 60, default: 'UTC' })),
    }),
    produces: ['text/csv', 'application/x-ndjson'],
  }),
  verify: route({
    method: 'GET',
    path: '/audit/verify',
    summary: 'Whether every entry stands as it was written, and which is the first that does not',
    tag: 'Audit',
    access: { permission: 'audit:read' },
    response: AuditVerification,
  }),
} as const;
