import Type from 'typebox';
import { route } from './route.ts';
import {
  Email,
  Id,
  LinkToken,
  Name,
  NewPassword,
  PasswordRule,
  PersonName,
  Slug,
  Strict,
  Timestamp,
  Username,
} from './schema.ts';

/** `disabled`: nobody signs in, no key and no device is let in; everything is kept. */
export const OrganizationStatus = Type.Union([Type.Literal('active'), Type.Literal('disabled')]);

export const Organization = Type.Object({
  id: Id,
  name: Type.String(),
  slug: Type.String(),
  status: OrganizationStatus,
  /** Days that measured values are kept: as sent, and as 1-minute and 1-hour rollups. */
  retention: Type.Object({ rawDays: Type.Integer(), minuteDays: Type.Integer(), hourDays: Type.Integer() }),
  /** New passwords need small and large letters, digits and signs: a rule for those who must have one. */
  passwordClasses: Type.Boolean(),
  /** Everybody proves himself with two factors: a password with a code, or a passkey. */
  secondFactorRequired: Type.Boolean(),
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
  /** He opened a link that was sent there. */
  emailVerified: Type.Boolean(),
  permissions: Type.Array(Type.String()),
  /** The first password is known to whoever gave it: until it is changed nothing else is allowed. */
  mustChangePassword: Type.Boolean(),
  /** His organization wants two factors, and he signed in with one: until he has set up another nothing else is allowed. */
  mustSetUpSecondFactor: Type.Boolean(),
  /** Of his own next password: shorter beside an authenticator. */
  passwordRule: PasswordRule,
  organization: Type.Object({
    id: Id,
    name: Type.String(),
    slug: Type.String(),
    /** Of whoever has no second factor yet. */
    passwordRule: PasswordRule,
  }),
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
    response: Type.Object({
      required: Type.Boolean(),
      /** This server sends mail: whoever forgot his password can ask for a link. */
      mail: Type.Boolean(),
    }),
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
  changeProfile: route({
    method: 'PATCH',
    path: '/auth/me',
    summary: 'Change how I am called, or where mail reaches me',
    tag: 'Identity',
    access: 'user',
    stepUp: true,
    body: Strict({ name: Type.Optional(PersonName), email: Type.Optional(Email) }),
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
  forgotPassword: route({
    method: 'POST',
    path: '/auth/password/forgot',
    summary: 'Ask for a link to choose a new password; the answer is the same whether there is such an account or not',
    tag: 'Identity',
    access: 'public',
    body: Strict({ username: Type.String({ minLength: 1, maxLength: 254 }), organization: Type.Optional(Slug) }),
    status: 202,
  }),
  resetPassword: route({
    method: 'POST',
    path: '/auth/password/reset',
    summary: 'Choose a new password with the token of a link; every session ends',
    tag: 'Identity',
    access: 'public',
    body: Strict({ token: LinkToken, password: NewPassword, code: Type.Optional(Type.String({ maxLength: 20 })) }),
  }),
  verifyEmail: route({
    method: 'POST',
    path: '/auth/verify-email',
    summary: 'Say with the token of a link that the mail address is one’s own',
    tag: 'Identity',
    access: 'public',
    body: Strict({ token: LinkToken }),
  }),
  sendVerification: route({
    method: 'POST',
    path: '/auth/verify-email/send',
    summary: 'Send the link that verifies my mail address; an older one ends',
    tag: 'Identity',
    access: 'user',
    status: 202,
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
    summary:
      'Change the own organization. Whoever owns the installation changes any, and alone disables one: its people, keys, devices and streams end at once',
    tag: 'Identity',
    access: { permission: 'organization:write' },
    stepUp: true,
    params: Strict({ id: Id }),
    body: Strict({
      name: Type.Optional(Name),
      status: Type.Optional(OrganizationStatus),
      retention: Type.Optional(
        Strict({ rawDays: Type.Optional(Days), minuteDays: Type.Optional(Days), hourDays: Type.Optional(Days) }),
      ),
      passwordClasses: Type.Optional(Type.Boolean()),
      secondFactorRequired: Type.Optional(Type.Boolean()),
    }),
    response: Organization,
    versioned: true,
  }),
} as const;
