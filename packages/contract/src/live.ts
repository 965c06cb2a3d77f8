import Type from 'typebox';
import { route } from './route.ts';
import { Strict } from './schema.ts';
import { Quality, Value } from './telemetry.ts';

/**
 * Live topics: `device:ID` (values, status and events of a device), `place:ID` (the same of every device at or below a place),
 * `metric:DEVICE/METRIC` (one value), `fleet` (status changes of all devices, installation figures once a second), `alerts`.
 */
const LiveTopic = Type.String({
  minLength: 1,
  maxLength: 300,
  pattern: '^(?:device:|place:|metric:|fleet$|alerts$)',
});

/** What a browser sends. `ping` carries its own clock so that it can measure the way and the clocks' difference. */
export const LiveRequest = Type.Union([
  Strict({ subscribe: Type.Array(LiveTopic, { maxItems: 500 }) }),
  Strict({ unsubscribe: Type.Array(LiveTopic, { maxItems: 500 }) }),
  Strict({ ping: Type.Number() }),
]);
export type LiveRequest = Type.Static<typeof LiveRequest>;

const LiveValue = Type.Object({
  value: Value,
  /** When it was measured, ms since 1970. */
  ts: Type.Number(),
  status: Quality,
});

/** `data` of a `device:`, `place:` or `metric:` message. */
export const LiveDeviceData = Type.Object({
  deviceId: Type.String(),
  values: Type.Optional(Type.Record(Type.String(), LiveValue)),
  status: Type.Optional(Type.String()),
  lastSeenAt: Type.Optional(Type.Number()),
  /** What is known of a command has changed: its route says what. */
  command: Type.Optional(Type.Object({ id: Type.String(), state: Type.String() })),
  event: Type.Optional(Type.Object({ type: Type.String(), ts: Type.Number(), data: Type.Unknown() })),
  /** When the server had it, ms since 1970: the screen measures its delay against this. */
  receivedAt: Type.Number(),
});
export type LiveDeviceData = Type.Static<typeof LiveDeviceData>;

/** `data` of a `fleet` message: a device's new status, or the installation's figures. */
export const LiveFleetData = Type.Union([
  Type.Object({ deviceId: Type.String(), status: Type.String(), lastSeenAt: Type.Number() }),
  Type.Object({ figures: Type.Object({ messagesPerSecond: Type.Number(), pointsPerSecond: Type.Number() }) }),
]);
export type LiveFleetData = Type.Static<typeof LiveFleetData>;

/** What the server sends: `ts` is the moment of sending in ms. `error` answers a refused topic. */
export type LiveMessage =
  | { topic: string; ts: number; data: LiveDeviceData | LiveFleetData }
  | { pong: number; now: number }
  | { error: string; topic?: string };

export const liveRoutes = {
  ticket: route({
    method: 'POST',
    path: '/live/ticket',
    summary: 'A ticket that opens one live connection within 30 seconds',
    tag: 'Live',
    access: 'caller',
    response: Type.Object({ ticket: Type.String(), expiresIn: Type.Integer() }),
    status: 201,
  }),
  socket: route({
    method: 'GET',
    path: '/live',
    summary: 'Live values over WebSocket',
    tag: 'Live',
    access: 'ticket',
    query: Strict({ ticket: Type.String({ maxLength: 100 }) }),
  }),
  events: route({
    method: 'GET',
    path: '/events',
    summary: 'Live values as server-sent events',
    tag: 'Live',
    access: 'ticket',
    query: Strict({
      topics: Type.String({ minLength: 1, maxLength: 8000 }),
      ticket: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    produces: ['text/event-stream'],
  }),
} as const;
