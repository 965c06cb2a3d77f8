import Type from 'typebox';
import { route } from './route.ts';
import { Nullable, Strict, Timestamp } from './schema.ts';

const Health = Type.Object({ status: Type.String() });

const addresses = {
  /** Addresses that a device of this organization connects to. */
  mqtt: Type.Object({ url: Type.String() }),
  http: Type.Object({ url: Type.String() }),
};

/** How the installation does, for the Overview page. */
export const Installation = Type.Object({
  version: Type.String(),
  startedAt: Timestamp,
  messagesPerSecond: Type.Number(),
  pointsPerSecond: Type.Number(),
  /** From a message's arrival to its hand-over to the screens, over the last minute, ms; null: nothing was sent. */
  delayP99Ms: Nullable(Type.Number()),
  /** Bytes free where the data lies, bytes used by the database, and the days left at the last day's growth. */
  storage: Type.Object({
    freeBytes: Nullable(Type.Integer()),
    usedBytes: Type.Integer(),
    daysLeft: Nullable(Type.Number()),
  }),
  ...addresses,
});
export type Installation = Type.Static<typeof Installation>;

const Counts = Type.Object({
  total: Type.Integer(),
  online: Type.Integer(),
  offline: Type.Integer(),
  error: Type.Integer(),
  maintenance: Type.Integer(),
  pending: Type.Integer(),
});

export const Overview = Type.Object({
  devices: Counts,
  /** One tile per root place; with `placeId` null one for devices without a place and one for those whose place is not to be seen, when there are any. */
  tiles: Type.Array(
    Type.Object({
      placeId: Nullable(Type.String()),
      /** Its devices are somewhere, but whoever asks may not see where. */
      isElsewhere: Type.Boolean(),
      name: Type.String(),
      kind: Nullable(Type.String()),
      /** How many places lie below it. */
      places: Type.Integer(),
      devices: Counts,
      /** At most 400 devices, worst state first. */
      dots: Type.Array(Type.Object({ deviceId: Type.String(), name: Type.String(), status: Type.String() })),
    }),
  ),
  /** Status changes of the last hour, newest first, 50 at most. */
  changes: Type.Array(
    Type.Object({
      deviceId: Type.String(),
      name: Type.String(),
      ts: Timestamp,
      from: Type.String(),
      to: Type.String(),
      reason: Type.String(),
    }),
  ),
});
export type Overview = Type.Static<typeof Overview>;

export const systemRoutes = {
  overview: route({
    method: 'GET',
    path: '/overview',
    summary: 'The fleet at a glance',
    tag: 'Operation',
    access: { permission: 'device:read' },
    query: Strict({ placeId: Type.Optional(Type.String({ maxLength: 64 })) }),
    response: Overview,
  }),
  installation: route({
    method: 'GET',
    path: '/installation',
    summary: 'Figures of the installation',
    tag: 'Operation',
    access: { permission: 'system:read' },
    response: Installation,
  }),
  addresses: route({
    method: 'GET',
    path: '/addresses',
    summary: 'Where devices connect to',
    tag: 'Operation',
    access: 'caller',
    response: Type.Object(addresses),
  }),
  live: route({
    method: 'GET',
    path: '/health/live',
    summary: 'Is the process there?',
    tag: 'Operation',
    access: 'public',
    response: Health,
  }),
  ready: route({
    method: 'GET',
    path: '/health/ready',
    summary: 'Can it take data? 503 until the store and the broker are up',
    tag: 'Operation',
    access: 'public',
    response: Health,
  }),
  health: route({
    method: 'GET',
    path: '/health',
    summary: 'Every component',
    tag: 'Operation',
    access: { permission: 'system:read' },
    response: Type.Object({
      status: Type.String(),
      components: Type.Record(Type.String(), Type.Object({ status: Type.String(), detail: Type.String() })),
    }),
  }),
  metrics: route({
    method: 'GET',
    path: '/metrics',
    summary: 'Prometheus metrics',
    tag: 'Operation',
    access: 'metrics',
    produces: ['text/plain'],
  }),
} as const;
