import Type from 'typebox';
import { route } from './route.ts';
import { DeviceId, Id, Name, Nullable, Strict, Timestamp, TimestampInput } from './schema.ts';

const EnrollmentToken = Type.Object({
  id: Id,
  name: Type.String(),
  /** How the secret begins. */
  hint: Type.String(),
  /** Where its devices come to be; null: in no place. */
  placeId: Nullable(Type.String()),
  /** The only type that its devices may have; null: any. */
  type: Nullable(Type.String()),
  maxUses: Type.Integer(),
  /** Devices that it registered. */
  uses: Type.Integer(),
  createdBy: Type.String(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  lastUsedAt: Nullable(Timestamp),
  lastAddress: Nullable(Type.String()),
  version: Type.Integer(),
});
export type EnrollmentToken = Type.Static<typeof EnrollmentToken>;

const DeviceTypeId = Type.String({ minLength: 1, maxLength: 128 });
const MaxUses = Type.Integer({ minimum: 1, maximum: 100_000 });
const params = Strict({ id: Id });

export const enrollmentRoutes = {
  list: route({
    method: 'GET',
    path: '/enrollment-tokens',
    summary: 'Enrollment tokens, by name',
    tag: 'Enrollment',
    access: { permission: 'enrollment:read' },
    response: Type.Object({ items: Type.Array(EnrollmentToken) }),
  }),
  create: route({
    method: 'POST',
    path: '/enrollment-tokens',
    summary: 'Make an enrollment token; its secret is shown once',
    tag: 'Enrollment',
    access: { permission: 'enrollment:write' },
    stepUp: true,
    body: Strict({
      name: Name,
      placeId: Type.Optional(Nullable(Id)),
      type: Type.Optional(Nullable(DeviceTypeId)),
      /** Devices that it registers at most; default 1. */
      maxUses: Type.Optional(MaxUses),
      /** At most a year ahead; default in 7 days. */
      expiresAt: Type.Optional(TimestampInput),
    }),
    /** The secret is shown once: only its hash is kept. */
    response: Type.Object({ secret: Type.String(), enrollmentToken: EnrollmentToken }),
    status: 201,
  }),
  update: route({
    method: 'PATCH',
    path: '/enrollment-tokens/:id',
    summary: 'Change the name of an enrollment token, when it ends, or how many devices it registers',
    tag: 'Enrollment',
    access: { permission: 'enrollment:write' },
    stepUp: true,
    params,
    body: Strict({
      name: Type.Optional(Name),
      maxUses: Type.Optional(MaxUses),
      expiresAt: Type.Optional(TimestampInput),
    }),
    response: EnrollmentToken,
    versioned: true,
  }),
  revoke: route({
    method: 'DELETE',
    path: '/enrollment-tokens/:id',
    summary: 'End an enrollment token at once; the devices that it registered stay',
    tag: 'Enrollment',
    access: { permission: 'enrollment:write' },
    params,
  }),
  register: route({
    method: 'POST',
    path: '/provisioning/register',
    summary: 'A new device registers itself with an enrollment token and gets its device token, once',
    tag: 'Enrollment',
    access: 'enrollment',
    body: Strict({
      deviceId: DeviceId,
      type: DeviceTypeId,
      serialNumber: Type.Optional(Type.String({ maxLength: 120 })),
      name: Type.Optional(Name),
    }),
    /** What the device signs in with: over HTTP the token alone, over MQTT the user name too. */
    response: Type.Object({ deviceId: DeviceId, username: Type.String(), token: Type.String() }),
    status: 201,
  }),
} as const;
