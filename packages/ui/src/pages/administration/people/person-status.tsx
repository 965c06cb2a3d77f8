import type { Person } from '@muster/contract/users';
import { useTranslation } from 'react-i18next';
import { StateMark } from '../../../theme/state-mark.tsx';

/** What is not as usual about a person: that nobody lets him in, or that he never chose a password. */
export const PersonStatus = ({ person: { status, mustChangePassword } }: { person: Person }) => {
  const { t } = useTranslation('people');
  if (status === 'disabled') return <StateMark status="offline">{t('status.disabled')}</StateMark>;
  if (mustChangePassword) return <StateMark status="pending">{t('status.firstPassword')}</StateMark>;
  return null;
};
