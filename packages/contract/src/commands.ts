import Type from 'typebox';
import { route } from './route.ts';
import { DeviceId, Id, Nullable, Paging, Strict, Timestamp } from './schema.ts';

/**
 * `awaiting-approval`: a second person has not said yes. `queued`: it waits for the device. `sent`: it was written to the device's connection; whether
 * it arrived is not known. `acknowledged`: the device has it. `succeeded`: the device says that it is done; with a postcondition
 * this is not the end. `verified`: what was measured says so too. `expired`: the device did not take it in time. `cancelled`, `rejected`: by a person.
 */
export const commandStates = [
  'awaiting-approval',
  'queued',
  'sent',
  'acknowledged',
  'succeeded',
  'verified',
  'failed',
  'expired',
  'cancelled',
  'rejected',
] as const;
export type CommandState = (typeof commandStates)[number];
const State = Type.Enum(commandStates);

/** Shortest and longest time that a device has to take a command, and what it has when nothing is said, ms. */
export const commandTimes = { least: 1000, most: 30 * 86_400_000, usual: 5 * 60_000 } as const;

const operators = ['<', '<=', '>', '>=', '==', '!='] as const;
const Operator = Type.Enum(operators);

/** What must be measured after the device said that it is done: `pressure < 3` within 20 s. */
const PostconditionInput = Strict({
  metric: Type.String({ minLength: 1, maxLength: 128 }),
  operator: Operator,
  value: Type.Union([Type.Number(), Type.String({ maxLength: 256 }), Type.Boolean()]),
  withinMs: Type.Integer({ minimum: 100, maximum: 24 * 3_600_000 }),
});
export type Postcondition = Type.Static<typeof PostconditionInput>;

const Actor = Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() });

export const Command = Type.Object({
  id: Id,
  deviceId: DeviceId,
  name: Type.String(),
  params: Type.Record(Type.String(), Type.Unknown()),
  state: State,
  createdAt: Timestamp,
  createdBy: Actor,
  /** Until then the device must have taken it; afterwards it does not run it. */
  expiresAt: Timestamp,
  /** Who said yes or no; null: nobody was asked, or has not answered. */
  decidedBy: Nullable(Actor),
  sentAt: Nullable(Timestamp),
  acknowledgedAt: Nullable(Timestamp),
  finishedAt: Nullable(Timestamp),
  /** What the device answered. */
  result: Type.Unknown(),
  /** Why it failed, was rejected or was not done. */
  error: Nullable(Type.String()),
  postcondition: Nullable(
    Type.Object({
      metric: Type.String(),
      operator: Type.String(),
      value: Type.Unknown(),
      withinMs: Type.Integer(),
      /** The value that decided; null: none has yet. */
      observed: Type.Unknown(),
    }),
  ),
  batchId: Nullable(Id),
});
export type Command = Type.Static<typeof Command>;

const Wish = {
  name: Type.String({ minLength: 1, maxLength: 128 }),
  params: Type.Optional(Type.Record(Type.String({ maxLength: 128 }), Type.Unknown(), { maxProperties: 100 })),
  /** How long the device has to take it, ms; default five minutes or what its type says. */
  timeoutMs: Type.Optional(Type.Integer({ minimum: commandTimes.least, maximum: commandTimes.most })),
  postcondition: Type.Optional(PostconditionInput),
  /** A second person must say yes, also where the type does not ask for it. */
  approval: Type.Optional(Type.Boolean()),
};
const params = Strict({ deviceId: DeviceId });
const one = Strict({ deviceId: DeviceId, id: Id });

/** A command to many devices, each of which has its own. */
export const CommandBatch = Type.Object({
  id: Id,
  name: Type.String(),
  params: Type.Record(Type.String(), Type.Unknown()),
  createdAt: Timestamp,
  createdBy: Actor,
  total: Type.Integer(),
  /** How many are in which state. */
  states: Type.Record(Type.String(), Type.Integer()),
});
export type CommandBatch = Type.Static<typeof CommandBatch>;

/** A device's own answer, over MQTT and HTTP. */
export const CommandResult = Type.Object({
  state: Type.Union([Type.Literal('acknowledged'), Type.Literal('succeeded'), Type.Literal('failed')]),
  result: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.String({ maxLength: 4096 })),
});
export type CommandResult = Type.Static<typeof CommandResult>;

export const commandRoutes = {
  send: route({
    method: 'POST',
    path: '/devices/:deviceId/commands',
    summary: 'Send a command: it waits for the device until it expires',
    tag: 'Commands',
    access: { permission: 'command:send' },
    params,
    body: Strict(Wish),
    response: Command,
    status: 201,
  }),
  list: route({
    method: 'GET',
    path: '/devices/:deviceId/commands',
    summary: 'Commands of a device, newest first',
    tag: 'Commands',
    access: { permission: 'command:read' },
    params,
    query: Strict({ ...Paging, state: Type.Optional(State) }),
    response: Type.Object({ items: Type.Array(Command), nextCursor: Nullable(Type.String()) }),
  }),
  get: route({
    method: 'GET',
    path: '/devices/:deviceId/commands/:id',
    summary: 'One command',
    tag: 'Commands',
    access: { permission: 'command:read' },
    params: one,
    response: Command,
  }),
  cancel: route({
    method: 'POST',
    path: '/devices/:deviceId/commands/:id/cancel',
    summary: 'Cancel a command that the device has not taken yet',
    tag: 'Commands',
    access: { permission: 'command:send' },
    params: one,
    response: Command,
  }),
  approve: route({
    method: 'POST',
    path: '/devices/:deviceId/commands/:id/approve',
    summary: 'Say yes to somebody else’s command',
    tag: 'Commands',
    access: { permission: 'command:approve' },
    stepUp: true,
    params: one,
    response: Command,
  }),
  reject: route({
    method: 'POST',
    path: '/devices/:deviceId/commands/:id/reject',
    summary: 'Say no to a command',
    tag: 'Commands',
    access: { permission: 'command:approve' },
    params: one,
    body: Strict({ reason: Type.Optional(Type.String({ maxLength: 1000 })) }),
    response: Command,
  }),
  sendMany: route({
    method: 'POST',
    path: '/command-batches',
    summary: 'Send a command to devices, or to all of a type at and below a place',
    tag: 'Commands',
    access: { permission: 'command:send' },
    body: Strict({
      ...Wish,
      deviceIds: Type.Optional(Type.Array(DeviceId, { minItems: 1, maxItems: 10_000, uniqueItems: true })),
      placeId: Type.Optional(Id),
      type: Type.Optional(Type.String({ maxLength: 128 })),
    }),
    bodyLimit: 1024 * 1024,
    response: CommandBatch,
    status: 201,
  }),
  batch: route({
    method: 'GET',
    path: '/command-batches/:id',
    summary: 'How far a command to many devices has come',
    tag: 'Commands',
    access: { permission: 'command:read' },
    params: Strict({ id: Id }),
    response: CommandBatch,
  }),
  cancelBatch: route({
    method: 'POST',
    path: '/command-batches/:id/cancel',
    summary: 'Cancel what no device has taken yet',
    tag: 'Commands',
    access: { permission: 'command:send' },
    params: Strict({ id: Id }),
    response: CommandBatch,
  }),
} as const;
