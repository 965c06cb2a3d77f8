import type { Person } from '@muster/contract/users';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { nameOfPerson } from '../../../data/people.ts';
import { Age } from '../../../time/age.tsx';
import classes from './people.module.css';
import { PersonStatus } from './person-status.tsx';
import { RoleChips } from './role-chips.tsx';

/** One person of the list. The whole row is the link to him. */
export const PersonRow = ({ person }: { person: Person }) => {
  const { t } = useTranslation('people');
  const { id, username, name, email, roles, lastSignInAt } = person;
  return (
    <li className={classes.row} data-off={person.status === 'disabled'}>
      <span className={classes.who}>
        <Link to="/administration/people/$personId" params={{ personId: id }} className={classes.link}>
          {nameOfPerson(person)}
        </Link>
        {name === '' ? null : <span className={classes.quiet}>{username}</span>}
        <PersonStatus person={person} />
      </span>
      <span className={classes.email} title={email}>
        {email}
      </span>
      <RoleChips roles={roles} />
      <span className={classes.seen}>
        <span className={classes.seenLabel}>{t('column.signIn')} </span>
        <Age ts={lastSignInAt === null ? null : Date.parse(lastSignInAt)} ago={lastSignInAt !== null} />
      </span>
    </li>
  );
};
