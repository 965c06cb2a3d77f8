import type { User } from '@muster/contract/identity';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session.tsx';
import { personQuery } from '../../data/people.ts';
import { usePermissionGroups } from '../../data/permissions.ts';
import { Card } from '../../parts/page.tsx';
import { RoleChips } from '../administration/people/role-chips.tsx';
import classes from './profile.module.css';

/** What the signed-in person may, in short: the roles for who may see such, then a line for each resource. */
export const MayCard = ({ user }: { user: User }) => {
  const { t } = useTranslation('profile');
  const { group } = usePermissionGroups();
  const maySeeRoles = useMay('user:read');
  const { data: me } = useQuery({ ...personQuery(user.id), enabled: maySeeRoles });
  return (
    <Card title={t('may.title')} note={t('may.count', { count: user.permissions.length })}>
      {me ? (
        <div className={classes.roles}>
          <h3>{t('may.roles')}</h3>
          <RoleChips roles={me.roles} />
        </div>
      ) : null}
      {user.permissions.length === 0 ? <p className={classes.quiet}>{t('may.none')}</p> : null}
      {group(user.permissions, (id) => id).map(({ id, title, items }) => (
        <div key={id} className={classes.group}>
          <h3>{title}</h3>
          <p className={classes.quiet}>{items.map((item) => item.title).join(' · ')}</p>
        </div>
      ))}
    </Card>
  );
};
