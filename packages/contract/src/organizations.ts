import Type from 'typebox';
import { OrganizationStatus } from './identity.ts';
import { route } from './route.ts';
import { Email, Id, Name, NewPassword, Slug, Strict, Timestamp, Username } from './schema.ts';

/** An organization as whoever looks after the installation sees it: how large it is, and nothing of what is inside. */
const OrganizationEntry = Type.Object({
  id: Id,
  name: Type.String(),
  slug: Type.String(),
  status: OrganizationStatus,
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
} as const;
