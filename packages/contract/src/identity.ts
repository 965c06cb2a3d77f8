import Type from 'typebox';
import { route } from './route.ts';
import { Email, Id, Name, NewPassword, Slug, Strict, Timestamp, Username } from './schema.ts';

export const Organization = Type.Object({
  id: Id,
  name: Type.String(),
  slug: Type.String(),
  /** Days that measured values are kept: as sent, and as 1-minute and 1-hour rollups. */
  retention: Type.Object({ rawDays: Type.Integer(), minuteDays: Type.Integer(), hourDays: Type.Integer() }),
  /** New passwords need small and large letters, digits and signs: a rule for those who must have one. */
  passwordClasses: Type.Boolean(),
  createdAt: Timestamp,
  version: Type.Integer(),
});
export type Organization = Type.Static<typeof Organization>;

export const User = Type.Object({
  id: Id,
  username: Type.String(),
  /** As people call him; empty: the user name is all there is. */
  name: Type.String(),
  email: Type.String(),
  permissions: Type.Array(Type.String()),
  /** The first password is known to whoever gave it: until it is changed nothing else is allowed. */
  mustChangePassword: Type.Boolean(),
  organization: Type.Object({ id: Id, name: Type.String(), slug: Type.String() }),
});
export type User = Type.Static<typeof User>;

const Days = Type.Integer({ minimum: 1, maximum: 3653 });
export const Session = Type.Object({
  id: Id,
  address: Type.String(),
  userAgent: Type.String(),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  expiresAt: Timestamp,
  /** The one that asks. */
  current: Type.Boolean(),
});
export type Session = Type.Static<typeof Session>;

export const Tokens = Type.Object({ accessToken: Type.String(), expiresIn: Type.Integer(), user: User });
export type Tokens = Type.Static<typeof Tokens>;

export const identityRoutes = {
  setupState: route({
    method: 'GET',
    path: '/setup',
    summary: 'Does this installation still need its first organization?',
    tag: 'Setup',
    access: 'public',
    response: Type.Object({ required: Type.Boolean() }),
  }),
  setup: route({
    method: 'POST',
    path: '/setup',
    summary: 'Create the first organization and its owner, once',
    tag: 'Setup',
    access: 'public',
    body: Strict({
      setupToken: Type.String({ maxLength: 100 }),
      organization: Strict({ name: Name, slug: Slug }),
      owner: Strict({ username: Username, email: Email, password: NewPassword }),
    }),
    response: Type.Object({ organization: Organization, user: User }),
    status: 201,
  }),
  login: route({
    method: 'POST',
    path: '/auth/login',
    summary: 'Sign in',
    tag: 'Identity',
    access: 'public',
    body: Strict({
      username: Type.String({ minLength: 1, maxLength: 254 }),
      password: NewPassword,
      code: Type.Optional(Type.String({ maxLength: 20 })),
      organization: Type.Optional(Slug),
    }),
    response: Tokens,
  }),
  refresh: route({
    method: 'POST',
    path: '/auth/refresh',
    summary: 'A new access token for the refresh cookie, which is rotated',
    tag: 'Identity',
    access: 'public',
    response: Tokens,
  }),
  logout: route({
    method: 'POST',
    path: '/auth/logout',
    summary: 'End this session',
    tag: 'Identity',
    access: 'public',
  }),
  me: route({
    method: 'GET',
    path: '/auth/me',
    summary: 'Who am I?',
    tag: 'Identity',
    access: 'user',
    response: User,
  }),
  changePassword: route({
    method: 'POST',
    path: '/auth/password/change',
    summary: 'Change the own password; every other session ends',
    tag: 'Identity',
    access: 'user',
    /** Who has no password yet, for he signs in at a provider, must have signed in a moment ago. */
    body: Strict({ currentPassword: Type.Optional(NewPassword), newPassword: NewPassword }),
  }),
  sessions: route({
    method: 'GET',
    path: '/auth/sessions',
    summary: 'Where I am signed in',
    tag: 'Identity',
    access: 'user',
    response: Type.Object({ items: Type.Array(Session) }),
  }),
  endSession: route({
    method: 'DELETE',
    path: '/auth/sessions/:id',
    summary: 'End one of my sessions',
    tag: 'Identity',
    access: 'user',
    params: Strict({ id: Id }),
  }),
  logoutEverywhere: route({
    method: 'POST',
    path: '/auth/logout-everywhere',
    summary: 'End all my sessions, this one too',
    tag: 'Identity',
    access: 'user',
  }),
  organization: route({
    method: 'GET',
    path: '/organizations/:id',
    summary: 'The organization and its settings',
    tag: 'Identity',
    access: { permission: 'organization:read' },
    params: Strict({ id: Id }),
    response: Organization,
  }),
  updateOrganization: route({
    method: 'PATCH',
    path: '/organizations/:id',
    summary: 'Change the name or the retention',
    tag: 'Identity',
    access: { permission: 'organization:write' },
    params: Strict({ id: Id }),
    body: Strict({
      name: Type.Optional(Name),
      retention: Type.Optional(
        Strict({ rawDays: Type.Optional(Days), minuteDays: Type.Optional(Days), hourDays: Type.Optional(Days) }),
      ),
      passwordClasses: Type.Optional(Type.Boolean()),
    }),
    response: Organization,
    versioned: true,
  }),
} as const;
