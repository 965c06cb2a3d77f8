import Type from 'typebox';
import { route } from './route.ts';
import { Email, Id, Name, NewPassword, Slug, Strict, Timestamp, Username } from './schema.ts';

const Status = Type.Union([Type.Literal('active'), Type.Literal('disabled')]);

/** An organization as whoever looks after the installation sees it: how large it is, and nothing of what is inside. */
const OrganizationEntry = Type.Object({
  id: Id,
  name: Type.String(),
  slug: Type.String(),
  /** `disabled`: nobody signs in, no key and no device is let in; everything is kept. */
  status: Status,
  /** The installation was set up with it: it can not be disabled. */
  operates: Type.Boolean(),
  people: Type.Integer(),
  devices: Type.Integer(),
  createdAt: Timestamp,
  version: Type.Integer(),
});
export type OrganizationEntry = Type.Static<typeof OrganizationEntry>;

export const organizationRoutes = {
  list: route({
    method: 'GET',
    path: '/organizations',
    summary: 'All organizations of the installation, by name',
    tag: 'Organizations',
    access: { permission: 'installation:own' },
    response: Type.Object({ items: Type.Array(OrganizationEntry) }),
  }),
  create: route({
    method: 'POST',
    path: '/organizations',
    summary: 'Make an organization with its owner, whose first sign-in replaces the password',
    tag: 'Organizations',
    access: { permission: 'installation:own' },
    stepUp: true,
    body: Strict({
      name: Name,
      slug: Slug,
      owner: Strict({ username: Username, email: Email, password: NewPassword }),
    }),
    response: OrganizationEntry,
    status: 201,
  }),
  setStatus: route({
    method: 'PUT',
    path: '/organizations/:id/status',
    summary: 'Disable an organization: its people, keys, devices and streams end at once. Or enable it again',
    tag: 'Organizations',
    access: { permission: 'installation:own' },
    stepUp: true,
    params: Strict({ id: Id }),
    body: Strict({ status: Status }),
    response: OrganizationEntry,
    versioned: true,
  }),
} as const;
