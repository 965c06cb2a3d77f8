import type { Permission } from '@muster/contract/permissions';
import { useSession } from '../api/session.tsx';

const pages = [
  { name: 'organization', to: '/administration', permission: 'organization:read' },
  { name: 'people', to: '/administration/people', permission: 'user:read' },
  { name: 'roles', to: '/administration/roles', permission: 'role:read' },
  { name: 'apiKeys', to: '/administration/api-keys', permission: 'api-key:read' },
  { name: 'enrollment', to: '/administration/enrollment', permission: 'enrollment:read' },
  { name: 'signIn', to: '/administration/sign-in', permission: 'identity-provider:read' },
  { name: 'audit', to: '/administration/audit', permission: 'audit:read' },
  { name: 'organizations', to: '/administration/organizations', permission: 'installation:own' },
] as const satisfies readonly { name: string; to: string; permission: Permission }[];

/** The sides of the administration that the signed-in person may see. */
export const useAdministrationPages = () => {
  const { user } = useSession();
  return pages.filter(({ permission }) => user?.permissions.includes(permission));
};
