import { useTranslation } from 'react-i18next';
import { useSession } from '../../../api/session.tsx';
import { useAllPermissions, usePermissionGroups } from '../../../data/permissions.ts';
import { useRoles } from '../../../data/roles.ts';
import { Check } from '../../../parts/check.tsx';
import { givenBy } from './inheritance.ts';
import classes from './roles.module.css';

interface PermissionChecksProps {
  parents: readonly string[];
  /** The role's own. */
  permissions: readonly string[];
  onChange(permissions: string[]): void;
  nameOf(role: string): string;
}

/** Chooses what a role gives itself; what its parents give is there already. */
export const PermissionChecks = ({ parents, permissions, onChange, nameOf }: PermissionChecksProps) => {
  const { t } = useTranslation('roles');
  const { user } = useSession();
  const { find } = useRoles();
  const all = useAllPermissions();
  const { group } = usePermissionGroups();
  return (
    <fieldset className={classes.checks}>
      <legend>{t('field.permissions')}</legend>
      {group(all.permissions, (id) => id).map(({ id, title, items }) => (
        <div key={id} className={classes.resource}>
          <h3>{title}</h3>
          {items.map(({ item: permission, title: words }) => {
            const isOwn = permissions.includes(permission);
            const from = givenBy(parents, permission, find);
            // Nobody gives what he has not.
            const mayGive = user?.permissions.includes(permission) === true;
            return (
              <Check
                key={permission}
                label={words}
                note={from.length > 0 ? t('from', { names: from.map(nameOf).join(', ') }) : null}
                checked={isOwn || from.length > 0}
                disabled={!isOwn && (from.length > 0 || !mayGive)}
                onChange={(checked) =>
                  onChange(checked ? [...permissions, permission] : permissions.filter((one) => one !== permission))
                }
              />
            );
          })}
        </div>
      ))}
    </fieldset>
  );
};
