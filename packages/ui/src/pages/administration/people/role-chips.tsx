import type { Assignment } from '@muster/contract/access';
import { useTranslation } from 'react-i18next';
import { useRoles } from '../../../data/roles.ts';
import classes from './people.module.css';
import { useWhere } from './use-where.ts';

/** Roles in a line, each with its place or device where it does not hold everywhere. */
export const RoleChips = ({ roles }: { roles: readonly Assignment[] }) => {
  const { t } = useTranslation('people');
  const { nameOf } = useRoles();
  const { whereOf } = useWhere();
  if (roles.length === 0) return <span className={classes.quiet}>{t('roles.none')}</span>;
  return (
    <ul className={classes.chips}>
      {roles.map((assignment) => {
        const where = whereOf(assignment);
        return (
          <li key={JSON.stringify(assignment)} className={classes.chip}>
            {nameOf(assignment.role)}
            {where === null ? null : <span className={classes.quiet}> · {where}</span>}
          </li>
        );
      })}
    </ul>
  );
};
