import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Gate } from '../../parts/gate.tsx';
import classes from './mail-links.module.css';

interface DeadLinkProps {
  /** The server knows the link no more; else the page was loaded without one. */
  isKnown: boolean;
  purpose: 'reset' | 'verify' | 'invitation';
}

/** A link that opens nothing: why, and how to come by another one. */
export const DeadLink = ({ isKnown, purpose }: DeadLinkProps) => {
  const { t } = useTranslation('links');
  return (
    <Gate
      title={t(isKnown ? 'dead.title' : 'dead.missingTitle')}
      text={t(isKnown ? `dead.${purpose}` : 'dead.missing')}
      onSubmit={() => undefined}
    >
      {purpose === 'reset' ? (
        <Link to="/forgot-password" className={classes.link}>
          {t('dead.again')}
        </Link>
      ) : null}
      <Link to="/sign-in" className={classes.link}>
        {t('toSignIn')}
      </Link>
    </Gate>
  );
};
