import Type from 'typebox';
import { route } from './route.ts';
import { DeviceId, Id, Name, Nullable, Strict } from './schema.ts';

/** `owner`, `industrial.operator`, or the id of a role of the organization. */
export const RoleId = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,63}$' });
export const PermissionId = Type.String({ pattern: '^[a-z][a-z-]*:[a-z][a-z-]*$', maxLength: 80 });
const Texts = Type.Record(Type.String(), Type.String());

const PermissionView = Type.Object({
  id: Type.String(),
  titles: Texts,
  of: Type.Union([Type.Literal('place'), Type.Literal('organization'), Type.Literal('installation')]),
  solution: Nullable(Type.String()),
});
export type PermissionView = Type.Static<typeof PermissionView>;

export const Role = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** In every language it has; empty for a role of the organization, whose name is its own. */
  titles: Texts,
  description: Type.String(),
  descriptions: Texts,
  /** Comes with Muster or a solution and can not be changed. */
  builtIn: Type.Boolean(),
  solution: Nullable(Type.String()),
  parents: Type.Array(Type.String()),
  /** Its own; those of its parents come on top. */
  permissions: Type.Array(Type.String()),
  /** All that it gives, parents included. */
  effective: Type.Array(Type.String()),
  idleMinutes: Type.Integer(),
  /** People who hold it. */
  people: Type.Integer(),
  version: Type.Integer(),
});
export type Role = Type.Static<typeof Role>;

const fields = {
  name: Name,
  description: Type.Optional(Type.String({ maxLength: 500 })),
  parents: Type.Optional(Type.Array(RoleId, { maxItems: 10, uniqueItems: true })),
  permissions: Type.Optional(Type.Array(PermissionId, { maxItems: 200, uniqueItems: true })),
  /** A session ends after so many minutes without a request: 5 minutes to 4 hours. */
  idleMinutes: Type.Optional(Type.Integer({ minimum: 5, maximum: 240 })),
};
const RoleParams = Strict({ id: RoleId });

/** A role that somebody holds: in the whole organization, in a place with all below it, or for one device. */
export const Assignment = Type.Object({
  role: Type.String(),
  placeId: Nullable(Type.String()),
  deviceId: Nullable(Type.String()),
});
export type Assignment = Type.Static<typeof Assignment>;
export const AssignmentInput = Strict({
  role: RoleId,
  placeId: Type.Optional(Nullable(Id)),
  deviceId: Type.Optional(Nullable(DeviceId)),
});

export const accessRoutes = {
  permissions: route({
    method: 'GET',
    path: '/permissions',
    summary: 'Everything that may be done, by the core and its solutions',
    tag: 'Access',
    access: { permission: 'role:read' },
    response: Type.Object({ items: Type.Array(PermissionView) }),
  }),
  roles: route({
    method: 'GET',
    path: '/roles',
    summary: 'Roles that come along, then those of the organization',
    tag: 'Access',
    access: { permission: 'role:read' },
    response: Type.Object({ items: Type.Array(Role) }),
  }),
  createRole: route({
    method: 'POST',
    path: '/roles',
    summary: 'Make a role',
    tag: 'Access',
    access: { permission: 'role:write' },
    stepUp: true,
    body: Strict(fields),
    response: Role,
    status: 201,
  }),
  updateRole: route({
    method: 'PATCH',
    path: '/roles/:id',
    summary: 'Change a role of the organization',
    tag: 'Access',
    access: { permission: 'role:write' },
    stepUp: true,
    params: RoleParams,
    body: Strict({ ...fields, name: Type.Optional(Name) }),
    response: Role,
    versioned: true,
  }),
  deleteRole: route({
    method: 'DELETE',
    path: '/roles/:id',
    summary: 'Delete a role of the organization that nobody holds',
    tag: 'Access',
    access: { permission: 'role:write' },
    stepUp: true,
    params: RoleParams,
  }),
} as const;
