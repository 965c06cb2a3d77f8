import { Button } from '@mantine/core';
import type { Role } from '@muster/contract/access';
import { useTranslation } from 'react-i18next';
import { usePermissionGroups } from '../../../data/permissions.ts';
import { useRoles } from '../../../data/roles.ts';
import form from '../../../parts/form.module.css';
import { givenBy } from './inheritance.ts';
import classes from './roles.module.css';

interface RoleDetailsProps {
  role: Role;
  mayChange: boolean;
  onEdit(): void;
  onDelete(): void;
  onDerive(): void;
}

/** Everything about one role: what it is for, what it gives, and what of that comes from its parents. */
export const RoleDetails = ({ role, mayChange, onEdit, onDelete, onDerive }: RoleDetailsProps) => {
  const { t } = useTranslation('roles');
  const { find, nameOf, solutionOf, descriptionOf } = useRoles();
  const { group } = usePermissionGroups();
  const solution = solutionOf(role);
  const kind = solution === null ? t(role.builtIn ? 'kind.core' : 'kind.own') : t('kind.solution', { solution });
  const description = descriptionOf(role);
  const namesOf = (ids: readonly string[]) => ids.map(nameOf).join(', ');
  return (
    <div className={classes.details}>
      {description ? <p>{description}</p> : null}
      <p className={classes.facts}>
        <span>{kind}</span>
        <span>{t('people', { count: role.people })}</span>
        <span>{t('idle', { count: role.idleMinutes })}</span>
        {role.parents.length > 0 ? <span>{t('parentsOf', { names: namesOf(role.parents) })}</span> : null}
      </p>
      {mayChange ? (
        <div className={classes.acts}>
          {role.builtIn ? null : <Button onClick={onEdit}>{t('edit.do')}</Button>}
          <Button onClick={onDerive}>{t('derive')}</Button>
          {role.builtIn ? null : <Button onClick={onDelete}>{t('delete.do')}</Button>}
        </div>
      ) : null}
      {role.effective.length === 0 ? <p className={form.note}>{t('nothing')}</p> : null}
      {group(role.effective, (id) => id).map(({ id, title, items }) => (
        <div key={id} className={classes.resource}>
          <h3>{title}</h3>
          <ul>
            {items.map(({ item: permission, title: words }) => {
              const parents = givenBy(role.parents, permission, find);
              return (
                <li key={permission}>
                  <span>{words}</span>
                  {role.permissions.includes(permission) || parents.length === 0 ? null : (
                    <span className={classes.quiet}>{t('from', { names: namesOf(parents) })}</span>
                  )}
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </div>
  );
};
