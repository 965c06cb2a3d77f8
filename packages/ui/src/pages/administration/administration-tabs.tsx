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
  { name: 'enrollment', to: '/administration/enrollment', permission: 'enrollment:read' },
  { name: 'signIn', to: '/administration/sign-in', permission: 'identity-provider:read' },
  { name: 'audit', to: '/administration/audit', permission: 'audit:read' },
  { name: 'organizations', to: '/administration/organizations', permission: 'installation:own' },
];

/** The sides of the administration that the signed-in person may see; nothing where there is but one. */
export const AdministrationTabs = () => {
  const { t } = useTranslation('administration');
  const { user } = useSession();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!nav.current) return;
    // a narrow screen shows a part of them: the chosen one is in it, also after the phone was turned
    const resized = new ResizeObserver(() =>
      nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    );
    resized.observe(nav.current);
    return () => resized.disconnect();
  }, []);
  const shown = tabs.filter(({ permission }) => user?.permissions.includes(permission));
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
