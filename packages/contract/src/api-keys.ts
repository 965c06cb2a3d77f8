import Type from 'typebox';
import { PermissionId } from './access.ts';
import { route } from './route.ts';
import { DeviceId, Id, Name, Nullable, Strict, Timestamp, TimestampInput } from './schema.ts';

const ApiKey = Type.Object({
  id: Id,
  name: Type.String(),
  /** How the secret begins. */
  hint: Type.String(),
  permissions: Type.Array(Type.String()),
  placeId: Nullable(Type.String()),
  deviceId: Nullable(Type.String()),
  createdBy: Type.String(),
  createdAt: Timestamp,
  expiresAt: Nullable(Timestamp),
  lastUsedAt: Nullable(Timestamp),
  lastAddress: Nullable(Type.String()),
  /** After a rotation: until then the old secret works too. */
  oldEndsAt: Nullable(Timestamp),
  version: Type.Integer(),
});
export type ApiKey = Type.Static<typeof ApiKey>;

/** Shown once: only its hash is kept. */
const WithSecret = Type.Object({ secret: Type.String(), apiKey: ApiKey });
const KeyParams = Strict({ id: Id });

export const apiKeyRoutes = {
  list: route({
    method: 'GET',
    path: '/api-keys',
    summary: 'Keys of scripts, by name',
    tag: 'API keys',
    access: { permission: 'api-key:read' },
    response: Type.Object({ items: Type.Array(ApiKey) }),
  }),
  create: route({
    method: 'POST',
    path: '/api-keys',
    summary: 'Make a key; its secret is shown once',
    tag: 'API keys',
    access: { permission: 'api-key:write' },
    stepUp: true,
    body: Strict({
      name: Name,
      permissions: Type.Array(PermissionId, { minItems: 1, maxItems: 200, uniqueItems: true }),
      /** Only in this place and below it; or for one device only. */
      placeId: Type.Optional(Nullable(Id)),
      deviceId: Type.Optional(Nullable(DeviceId)),
      expiresAt: Type.Optional(Nullable(TimestampInput)),
    }),
    response: WithSecret,
    status: 201,
  }),
  rotate: route({
    method: 'POST',
    path: '/api-keys/:id/rotate',
    summary: 'A new secret; the old one works for the time of grace, or ends at once',
    tag: 'API keys',
    access: { permission: 'api-key:write' },
    stepUp: true,
    params: KeyParams,
    body: Strict({ grace: Type.Optional(Type.String({ pattern: '^\\d{1,4}[smh]$' })) }),
    response: WithSecret,
    status: 201,
  }),
  revoke: route({
    method: 'DELETE',
    path: '/api-keys/:id',
    summary: 'End a key and everything that is open with it, at once',
    tag: 'API keys',
    access: { permission: 'api-key:write' },
    stepUp: true,
    params: KeyParams,
  }),
} as const;
