import Type from 'typebox';
import { Assignment, AssignmentInput } from './access.ts';
import { Session } from './identity.ts';
import { route } from './route.ts';
import { Email, Id, NewPassword, Nullable, Page, Paging, PersonName, Strict, Timestamp, Username } from './schema.ts';

export const Person = Type.Object({
  id: Id,
  username: Type.String(),
  /** As others call him; empty: the user name is all there is. */
  name: Type.String(),
  email: Type.String(),
  /** He opened a link that was sent there. */
  emailVerified: Type.Boolean(),
  status: Type.Union([Type.Literal('active'), Type.Literal('disabled')]),
  roles: Type.Array(Assignment),
  /** The next sign-in asks for a new password first. */
  mustChangePassword: Type.Boolean(),
  /** What he can prove himself with beside the password. */
  secondFactor: Type.Object({ authenticator: Type.Boolean(), passkeys: Type.Integer() }),
  lastSignInAt: Nullable(Timestamp),
  createdAt: Timestamp,
  version: Type.Integer(),
});
export type Person = Type.Static<typeof Person>;

/** How somebody who can not sign in any more gets back in. */
const WayBack = Type.Union([Type.Literal('link'), Type.Literal('password')]);
export type WayBack = Type.Static<typeof WayBack>;

const PersonParams = Strict({ id: Id });
const Roles = Type.Array(AssignmentInput, { maxItems: 50 });

export const userRoutes = {
  list: route({
    method: 'GET',
    path: '/users',
    summary: 'People of the organization, by name',
    tag: 'People',
    access: { permission: 'user:read' },
    query: Strict({ ...Paging, search: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })) }),
    response: Page(Person),
  }),
  get: route({
    method: 'GET',
    path: '/users/:id',
    summary: 'A person',
    tag: 'People',
    access: { permission: 'user:read' },
    params: PersonParams,
    response: Person,
  }),
  create: route({
    method: 'POST',
    path: '/users',
    summary: 'Add a person with a first password, which the first sign-in replaces',
    tag: 'People',
    access: { permission: 'user:write' },
    stepUp: true,
    body: Strict({
      username: Username,
      email: Email,
      name: Type.Optional(PersonName),
      password: NewPassword,
      roles: Type.Optional(Roles),
    }),
    response: Person,
    status: 201,
  }),
  update: route({
    method: 'PATCH',
    path: '/users/:id',
    summary: 'Change a person, or disable him: his sessions end at once',
    tag: 'People',
    access: { permission: 'user:write' },
    stepUp: true,
    params: PersonParams,
    body: Strict({
      username: Type.Optional(Username),
      email: Type.Optional(Email),
      name: Type.Optional(PersonName),
      status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('disabled')])),
    }),
    response: Person,
    versioned: true,
  }),
  delete: route({
    method: 'DELETE',
    path: '/users/:id',
    summary: 'Delete a person; what he did stays in the audit trail',
    tag: 'People',
    access: { permission: 'user:write' },
    stepUp: true,
    params: PersonParams,
  }),
  erase: route({
    method: 'POST',
    path: '/users/:id/erase',
    summary:
      'Erase what is known of a person who was disabled or deleted, in the audit trail too, which stays whole; it can not be undone',
    tag: 'People',
    access: { permission: 'organization:own' },
    stepUp: true,
    params: PersonParams,
    response: Type.Object({
      /** Entries of the audit trail that lost name, address, user agent and details. */
      entries: Type.Integer(),
    }),
  }),
  resetPassword: route({
    method: 'POST',
    path: '/users/:id/password-reset',
    summary:
      'Help somebody who lost the password: with a link by mail, or with a new first password, which ends every session of this person',
    tag: 'People',
    access: { permission: 'user:write' },
    stepUp: true,
    params: PersonParams,
    body: Strict({ way: WayBack }),
    response: Type.Object({
      /** Shown once, and replaced at the next sign-in; null: a link was sent. */
      password: Nullable(Type.String()),
    }),
  }),
  removeSecondFactor: route({
    method: 'DELETE',
    path: '/users/:id/second-factor',
    summary:
      'Remove authenticator, passkeys and backup codes of somebody who lost them; every session of this person ends',
    tag: 'People',
    access: { permission: 'user:write' },
    stepUp: true,
    params: PersonParams,
  }),
  sessions: route({
    method: 'GET',
    path: '/users/:id/sessions',
    summary: 'Where a person is signed in',
    tag: 'People',
    access: { permission: 'user:read' },
    params: PersonParams,
    response: Type.Object({ items: Type.Array(Session) }),
  }),
  endSession: route({
    method: 'DELETE',
    path: '/users/:id/sessions/:sessionId',
    summary: 'End a session of a person at once',
    tag: 'People',
    access: { permission: 'user:write' },
    params: Strict({ id: Id, sessionId: Id }),
  }),
  endSessions: route({
    method: 'DELETE',
    path: '/users/:id/sessions',
    summary: 'Sign a person out everywhere, at once',
    tag: 'People',
    access: { permission: 'user:write' },
    params: PersonParams,
  }),
  assignRoles: route({
    method: 'PUT',
    path: '/users/:id/roles',
    summary: 'All the roles that a person holds, and where',
    tag: 'People',
    access: { permission: 'user:write' },
    stepUp: true,
    params: PersonParams,
    body: Strict({ roles: Roles }),
    response: Person,
    versioned: true,
  }),
  permissions: route({
    method: 'GET',
    path: '/users/:id/permissions',
    summary: 'What a person may, all roles added up, and where',
    tag: 'People',
    access: { permission: 'user:read' },
    params: PersonParams,
    response: Type.Object({
      items: Type.Array(
        Type.Object({
          permission: Type.String(),
          /** In the whole organization; else in the places and for the devices named. */
          everywhere: Type.Boolean(),
          placeIds: Type.Array(Type.String()),
          deviceIds: Type.Array(Type.String()),
        }),
      ),
    }),
  }),
} as const;
