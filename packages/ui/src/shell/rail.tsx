import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { BrandMark } from './brand.tsx';
import { isInside, useEntries } from './entries.ts';
import { Icon } from './icons.tsx';
import classes from './rail.module.css';

/** The way to every page: at the left, or at the bottom of a phone. */
export const Rail = () => {
  const { t } = useTranslation('shell');
  const { pathname } = useLocation();
  return (
    <nav className={classes.rail} aria-label={t('pages')}>
      <Link to="/" className={classes.brand} aria-label={t('home')}>
        <BrandMark />
        <span className={classes.word}>Muster</span>
      </Link>
      <ul className={classes.list}>
        {useEntries().map((entry) => (
          <li key={entry.name}>
            <Link
              to={entry.to}
              className={classes.entry}
              aria-current={isInside(entry, pathname) ? 'page' : undefined}
              title={t(`page.${entry.name}`)}
            >
              <Icon name={entry.icon} />
              <span className={classes.word}>{t(`page.${entry.name}`)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
};
