import Type from 'typebox';
import { Assignment, AssignmentInput } from './access.ts';
import { route } from './route.ts';
import {
  Email,
  Id,
  Language,
  LinkToken,
  NewPassword,
  Nullable,
  PasswordRule,
  Strict,
  Timestamp,
  Username,
} from './schema.ts';

/** Somebody who was asked to come and has not come yet. */
export const Invitation = Type.Object({
  id: Id,
  email: Type.String(),
  language: Language,
  roles: Type.Array(Assignment),
  /** Name of who invited him. */
  invitedBy: Type.String(),
  createdAt: Timestamp,
  sentAt: Timestamp,
  /** Afterwards the link is of no use, until it is sent again. */
  expiresAt: Timestamp,
  /** Has the mail server taken the letter? */
  mail: Type.Union([Type.Literal('waiting'), Type.Literal('sent'), Type.Literal('failed')]),
  /** Why it has not, as far as is known. */
  fault: Nullable(Type.String()),
});
export type Invitation = Type.Static<typeof Invitation>;

const InvitationParams = Strict({ id: Id });

export const invitationRoutes = {
  list: route({
    method: 'GET',
    path: '/invitations',
    summary: 'Open invitations, the newest first',
    tag: 'People',
    access: { permission: 'user:read' },
    response: Type.Object({ items: Type.Array(Invitation) }),
  }),
  create: route({
    method: 'POST',
    path: '/invitations',
    summary: 'Invite a person by mail, with the roles that he will hold',
    tag: 'People',
    access: { permission: 'user:write' },
    stepUp: true,
    body: Strict({
      email: Email,
      roles: Type.Optional(Type.Array(AssignmentInput, { maxItems: 50 })),
      /** The mail's; default `en`. */
      language: Type.Optional(Language),
    }),
    response: Invitation,
    status: 201,
  }),
  send: route({
    method: 'POST',
    path: '/invitations/:id/send',
    summary: 'Send an invitation again: with a new link, for another 7 days; the old link ends',
    tag: 'People',
    access: { permission: 'user:write' },
    params: InvitationParams,
    response: Invitation,
  }),
  revoke: route({
    method: 'DELETE',
    path: '/invitations/:id',
    summary: 'Take an invitation back',
    tag: 'People',
    access: { permission: 'user:write' },
    params: InvitationParams,
  }),
  look: route({
    method: 'POST',
    path: '/invitations/look',
    summary: 'What the token of a link invites to',
    tag: 'People',
    access: 'public',
    body: Strict({ token: LinkToken }),
    response: Type.Object({
      organization: Type.Object({ name: Type.String(), slug: Type.String(), passwordRule: PasswordRule }),
      email: Type.String(),
      invitedBy: Type.String(),
      expiresAt: Timestamp,
    }),
  }),
  accept: route({
    method: 'POST',
    path: '/invitations/accept',
    summary: 'Become a person of the organization with the token of a link, once',
    tag: 'People',
    access: 'public',
    body: Strict({
      token: LinkToken,
      username: Username,
      name: Type.Optional(Type.String({ maxLength: 120 })),
      password: NewPassword,
    }),
    response: Type.Object({ username: Type.String(), organization: Type.String() }),
    status: 201,
  }),
} as const;
