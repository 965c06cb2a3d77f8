import type { Permission } from '@muster/contract/permissions';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.tsx';
import classes from '../../parts/tabs.module.css';

const tabs: readonly { name: string; to: string; permission: Permission }[] = [
  { name: 'organization', to: '/administration', permission: 'organization:read' },
  { name: 'people', to: '/administration/people', permission: 'user:read' },
  { name: 'roles', to: '/administration/roles', permission: 'role:read' },
  { name: 'apiKeys', to: '/administration/api-keys', permission: 'api-key:read' },
  { name: 'signIn', to: '/administration/sign-in', permission: 'identity-provider:read' },
  { name: 'audit', to: '/administration/audit', permission: 'audit:read' },
];

/** The sides of the administration that the signed-in person may see; nothing where there is but one. */
export const AdministrationTabs = () => {
  const { t } = useTranslation('administration');
  const { user } = useSession();
  const shown = tabs.filter(({ permission }) => user?.permissions.includes(permission));
  const nav = useRef<HTMLElement>(null);
  // on a phone they do not all fit
  useEffect(() => {
    nav.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' });
  }, []);
  if (shown.length < 2) return null;
  return (
    <nav ref={nav} className={classes.tabs} aria-label={t('title')}>
      {shown.map(({ name, to }) => (
        <Link
          key={name}
          to={to}
          activeOptions={{ exact: to === '/administration', includeSearch: false }}
          className={classes.tab}
        >
          {t(`tab.${name}`)}
        </Link>
      ))}
    </nav>
  );
};
