import Type from 'typebox';
import { route } from './route.ts';

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
} as const;
