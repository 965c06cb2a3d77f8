import Type from 'typebox';
import { CommandResult } from './commands.ts';
import { route } from './route.ts';
import { Id, Strict, Timestamp } from './schema.ts';

const Accepted = Type.Object({ accepted: Type.Integer(), duplicates: Type.Integer() });

/** What a device says over HTTP with its token. Bodies are checked by the same code as MQTT payloads, not by these schemas. */
export const deviceApiRoutes = {
  telemetry: route({
    method: 'POST',
    path: '/device/telemetry',
    summary: 'One telemetry message or up to 1,000 of them; answered after they are stored',
    tag: 'Device',
    access: 'device',
    body: Type.Unknown(),
    bodyLimit: 1024 * 1024,
    response: Accepted,
  }),
  events: route({
    method: 'POST',
    path: '/device/events',
    summary: 'One event; answered after it is stored',
    tag: 'Device',
    access: 'device',
    body: Type.Unknown(),
    response: Accepted,
  }),
  heartbeat: route({
    method: 'POST',
    path: '/device/heartbeat',
    summary: 'I am here',
    tag: 'Device',
    access: 'device',
  }),
  commands: route({
    method: 'GET',
    path: '/device/commands',
    summary: 'Commands that I have not taken yet, in their order; waits for one when there is none',
    tag: 'Device',
    access: 'device',
    query: Strict({
      /** How long to wait for one, ms. */
      waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 55_000, default: 0 })),
    }),
    response: Type.Object({
      items: Type.Array(
        Type.Object({
          id: Id,
          name: Type.String(),
          params: Type.Record(Type.String(), Type.Unknown()),
          expiresAt: Timestamp,
        }),
      ),
    }),
  }),
  commandResult: route({
    method: 'POST',
    path: '/device/commands/:id/result',
    summary: 'What became of a command; said again it changes nothing',
    tag: 'Device',
    access: 'device',
    params: Strict({ id: Id }),
    body: CommandResult,
  }),
} as const;
