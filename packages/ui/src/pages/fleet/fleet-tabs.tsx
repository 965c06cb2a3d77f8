import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from '../../parts/tabs.module.css';

/** The two sides of the fleet: its devices and its places. */
export const FleetTabs = () => {
  const { t } = useTranslation('fleet');
  return (
    <nav className={classes.tabs} aria-label={t('title')}>
      <Link to="/fleet" activeOptions={{ exact: true, includeSearch: false }} className={classes.tab}>
        {t('tab.devices')}
      </Link>
      <Link to="/fleet/places" activeOptions={{ includeSearch: false }} className={classes.tab}>
        {t('tab.places')}
      </Link>
    </nav>
  );
};
