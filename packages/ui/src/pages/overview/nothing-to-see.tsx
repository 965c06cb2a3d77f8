import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.tsx';
import { Page } from '../../parts/page.tsx';
import classes from './nothing-to-see.module.css';

/** For who may not see devices: why the page is empty, and whom to ask. */
export const NothingToSee = () => {
  const { t } = useTranslation('overview');
  const { user } = useSession();
  return (
    <Page title={t('title')}>
      <div className={classes.empty}>
        <p>
          <b>{t(user?.permissions.length === 0 ? 'nothing.noRole' : 'nothing.noDevices')}</b>{' '}
          {t('nothing.ask', { organization: user?.organization.name })}
        </p>
        <Link to="/profile">{t('nothing.profile')}</Link>
      </div>
    </Page>
  );
};
