import Type from 'typebox';
import { route } from './route.ts';
import { DeviceId, Id, Nullable, Page, Paging, Strict, Timestamp, TimestampInput } from './schema.ts';

/** OPC UA's reading of a value's worth; `stale` is judged when read, never stored. */
export const Quality = Type.Union([Type.Literal('good'), Type.Literal('uncertain'), Type.Literal('bad')]);
export type Quality = Type.Static<typeof Quality>;

export const Value = Type.Union([Type.Number(), Type.Boolean(), Type.String()]);
export type Value = Type.Static<typeof Value>;

export const LatestValue = Type.Object({
  value: Value,
  ts: Timestamp,
  status: Type.Union([Type.Literal('good'), Type.Literal('uncertain'), Type.Literal('bad'), Type.Literal('stale')]),
});
export type LatestValue = Type.Static<typeof LatestValue>;

/** Why a publish was refused: the ledger's and the rejected-message list's vocabulary. */
export const rejectReasons = [
  'malformed_json',
  'invalid_encoding',
  'invalid_shape',
  'invalid_timestamp',
  'timestamp_too_old',
  'timestamp_in_future',
  'invalid_metric',
  'unknown_metric',
  'too_many_metrics',
  'too_many_messages',
  'wrong_type',
  'not_finite',
  'value_too_long',
  'invalid_event',
  'invalid_status',
  'too_large',
  'not_authorized',
  'unknown_topic',
  'store_refused',
] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** Messages, never values: `received = stored + duplicates + sum(rejected) + pending` at every moment. */
export const Ledger = Type.Object({
  received: Type.Integer(),
  stored: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Record(Type.String(), Type.Integer()),
  pending: Type.Integer(),
});
export type Ledger = Type.Static<typeof Ledger>;

export const Series = Type.Object({
  metric: Type.String(),
  unit: Nullable(Type.String()),
  /** Width of a bucket in ms; 0: raw values. */
  resolution: Type.Integer(),
  /** `[ts in ms, value]`, by time. With `minmax` a bucket gives its lowest and its highest value. */
  points: Type.Array(Type.Tuple([Type.Number(), Value])),
  /** Stretches `[from, to]` in ms that hold values of quality `bad`. */
  bad: Type.Array(Type.Tuple([Type.Number(), Type.Number()])),
});
export type Series = Type.Static<typeof Series>;

export const DeviceEvent = Type.Object({
  id: Id,
  deviceId: DeviceId,
  type: Type.String(),
  ts: Timestamp,
  receivedAt: Timestamp,
  data: Type.Unknown(),
});
export type DeviceEvent = Type.Static<typeof DeviceEvent>;

export const RejectedMessage = Type.Object({
  id: Id,
  receivedAt: Timestamp,
  reason: Type.String(),
  detail: Type.String(),
  topic: Type.String(),
  bytes: Type.Integer(),
  /** The first kilobyte, bytes that are not UTF-8 replaced. */
  excerpt: Type.String(),
});
export type RejectedMessage = Type.Static<typeof RejectedMessage>;

const Device = Strict({ deviceId: DeviceId });
const Range = {
  from: TimestampInput,
  to: TimestampInput,
  /** Comma-separated metric names; absent: all of the device's. */
  metrics: Type.Optional(Type.String({ minLength: 1, maxLength: 4000 })),
};

export const telemetryRoutes = {
  latest: route({
    method: 'GET',
    path: '/devices/:deviceId/latest',
    summary: 'The newest value of every metric',
    tag: 'Telemetry',
    access: { permission: 'telemetry:read' },
    params: Device,
    response: Type.Object({ values: Type.Record(Type.String(), LatestValue) }),
  }),
  range: route({
    method: 'GET',
    path: '/devices/:deviceId/telemetry',
    summary: 'Values over time, reduced to a number of points',
    tag: 'Telemetry',
    access: { permission: 'telemetry:read' },
    params: Device,
    query: Strict({
      ...Range,
      points: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 })),
      aggregate: Type.Optional(
        Type.Union(
          [Type.Literal('avg'), Type.Literal('min'), Type.Literal('max'), Type.Literal('last'), Type.Literal('minmax')],
          { default: 'minmax' },
        ),
      ),
    }),
    response: Type.Object({ series: Type.Array(Series) }),
  }),
  export: route({
    method: 'GET',
    path: '/devices/:deviceId/telemetry/export',
    summary: 'Every stored value of a range, streamed',
    tag: 'Telemetry',
    access: { permission: 'telemetry:read' },
    params: Device,
    query: Strict({
      ...Range,
      format: Type.Union([Type.Literal('csv'), Type.Literal('ndjson')]),
    }),
    produces: ['text/csv', 'application/x-ndjson'],
  }),
  events: route({
    method: 'GET',
    path: '/devices/:deviceId/events',
    summary: 'Events of a device, newest first',
    tag: 'Telemetry',
    access: { permission: 'telemetry:read' },
    params: Device,
    query: Strict({
      ...Paging,
      type: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      from: Type.Optional(TimestampInput),
      to: Type.Optional(TimestampInput),
    }),
    response: Page(DeviceEvent),
  }),
  rejectedMessages: route({
    method: 'GET',
    path: '/devices/:deviceId/rejected-messages',
    summary: 'What the device sent and Muster refused, newest first',
    tag: 'Telemetry',
    access: { permission: 'telemetry:read' },
    params: Device,
    query: Strict({ ...Paging }),
    response: Page(RejectedMessage),
  }),
  ledger: route({
    method: 'GET',
    path: '/telemetry/ledger',
    summary: 'What became of every message, for the organization or one device',
    tag: 'Telemetry',
    access: { permission: 'telemetry:read' },
    query: Strict({ deviceId: Type.Optional(DeviceId) }),
    response: Ledger,
  }),
} as const;
