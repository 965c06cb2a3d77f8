import Type from 'typebox';
import { route } from './route.ts';
import { Attributes, DeviceId, Id, Labels, Name, Nullable, Paging, Strict, Timestamp } from './schema.ts';
import { DeviceTypeView } from './solution.ts';

export const deviceStatuses = ['online', 'offline', 'error', 'maintenance', 'pending'] as const;
export type DeviceStatus = (typeof deviceStatuses)[number];
const Status = Type.Union([
  Type.Literal('online'),
  Type.Literal('offline'),
  Type.Literal('error'),
  Type.Literal('maintenance'),
  Type.Literal('pending'),
]);

export const Device = Type.Object({
  deviceId: DeviceId,
  name: Type.String(),
  type: Type.String(),
  placeId: Nullable(Id),
  role: Type.Optional(Type.String()),
  serialNumber: Type.Optional(Type.String()),
  firmwareVersion: Type.Optional(Type.String()),
  ipAddress: Type.Optional(Type.String()),
  macAddress: Type.Optional(Type.String()),
  /** `pending` until it is heard for the first time. */
  status: Status,
  lastSeenAt: Nullable(Timestamp),
  attributes: Type.Record(Type.String(), Type.Unknown()),
  labels: Type.Array(Type.String()),
  version: Type.Integer(),
});
export type Device = Type.Static<typeof Device>;

const optional = {
  placeId: Type.Optional(Nullable(Id)),
  role: Type.Optional(Type.String({ maxLength: 64 })),
  serialNumber: Type.Optional(Type.String({ maxLength: 120 })),
  firmwareVersion: Type.Optional(Type.String({ maxLength: 120 })),
  ipAddress: Type.Optional(Type.String({ maxLength: 64 })),
  macAddress: Type.Optional(Type.String({ pattern: '^(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$' })),
  attributes: Type.Optional(Attributes),
  labels: Type.Optional(Labels),
};
const params = Strict({ deviceId: DeviceId });

export const deviceOrders = ['name', '-name', 'status', '-status', 'lastSeen', '-lastSeen'] as const;
export type DeviceOrder = (typeof deviceOrders)[number];

const filter = {
  /** At or below this place. */
  placeId: Type.Optional(Id),
  type: Type.Optional(Type.String({ maxLength: 128 })),
  status: Type.Optional(Status),
  /** One that it has, or that a place has in which it stands. */
  label: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  role: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  firmwareVersion: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  /** Part of the id, name or serial number, upper and lower case alike. */
  search: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
};

export const deviceRoutes = {
  list: route({
    method: 'GET',
    path: '/devices',
    summary: 'Devices, by name unless another order is asked for',
    tag: 'Fleet',
    access: { permission: 'device:read' },
    query: Strict({
      ...Paging,
      ...filter,
      /** `status`: what needs somebody first. `lastSeen`: the longest silence first. A minus turns it round. */
      sort: Type.Optional(Type.Unsafe<DeviceOrder>(Type.Union(deviceOrders.map((order) => Type.Literal(order))))),
    }),
    response: Type.Object({
      items: Type.Array(Device),
      nextCursor: Nullable(Type.String()),
      /** How many the filter matches in all. */
      total: Type.Integer(),
    }),
  }),
  facets: route({
    method: 'GET',
    path: '/device-facets',
    summary: 'Labels, roles and firmware versions that devices have, the most frequent first, 200 of each at most',
    tag: 'Fleet',
    access: { permission: 'device:read' },
    response: Type.Object({
      labels: Type.Array(Type.String()),
      roles: Type.Array(Type.String()),
      firmwareVersions: Type.Array(Type.String()),
    }),
  }),
  export: route({
    method: 'GET',
    path: '/devices/export',
    summary: 'The devices that match as CSV, as the import takes them back',
    tag: 'Fleet',
    access: { permission: 'device:read' },
    query: Strict(filter),
    produces: ['text/csv'],
  }),
  get: route({
    method: 'GET',
    path: '/devices/:deviceId',
    summary: 'One device',
    tag: 'Fleet',
    access: { permission: 'device:read' },
    params,
    response: Device,
  }),
  create: route({
    method: 'POST',
    path: '/devices',
    summary: 'Create a device',
    tag: 'Fleet',
    access: { permission: 'device:write' },
    body: Strict({
      deviceId: DeviceId,
      name: Type.Optional(Name),
      type: Type.String({ minLength: 1, maxLength: 128 }),
      ...optional,
    }),
    response: Device,
    status: 201,
  }),
  update: route({
    method: 'PATCH',
    path: '/devices/:deviceId',
    summary: 'Change a device',
    tag: 'Fleet',
    access: { permission: 'device:write' },
    params,
    body: Strict({ name: Type.Optional(Name), ...optional }),
    response: Device,
    versioned: true,
  }),
  delete: route({
    method: 'DELETE',
    path: '/devices/:deviceId',
    summary: 'Delete a device: its credential ends at once, its values go with their retention',
    tag: 'Fleet',
    access: { permission: 'device:write' },
    stepUp: true,
    params,
    status: 204,
  }),
  rotateToken: route({
    method: 'POST',
    path: '/devices/:deviceId/token',
    summary: 'Make a new device token, shown once',
    tag: 'Fleet',
    access: { permission: 'device:credential' },
    stepUp: true,
    params,
    body: Strict({
      /** How long the old token still works: `0s`, `10m`, `24h`. */
      grace: Type.Optional(Type.String({ pattern: '^\\d{1,6}[smh]$', default: '0s' })),
    }),
    response: Type.Object({ token: Type.String(), username: Type.String(), oldTokenEndsAt: Nullable(Timestamp) }),
    status: 201,
  }),
  types: route({
    method: 'GET',
    path: '/device-types',
    summary: 'What kinds of device there are and what they measure',
    tag: 'Fleet',
    access: { permission: 'device:read' },
    response: Type.Object({ items: Type.Array(DeviceTypeView) }),
  }),
  type: route({
    method: 'GET',
    path: '/device-types/:id',
    summary: 'One device type',
    tag: 'Fleet',
    access: { permission: 'device:read' },
    params: Strict({ id: Type.String({ maxLength: 128 }) }),
    response: DeviceTypeView,
  }),
} as const;
