import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAdministrationPages } from '../../nav/administration.ts';
import classes from '../../parts/tabs.module.css';
import { useScrollCue } from '../../parts/use-scroll-cue.ts';

/** The sides of the administration that the signed-in person may see; nothing where there is but one. */
export const AdministrationTabs = () => {
  const { t } = useTranslation('administration');
  const shown = useAdministrationPages();
  const cue = useScrollCue();
  const nav = useRef<HTMLElement | null>(null);
  useEffect(() => {
    if (!nav.current) return;
    // a narrow screen shows a part of them: the chosen one is in it, also after the phone was turned
    const resized = new ResizeObserver(() =>
      nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    );
    resized.observe(nav.current);
    return () => resized.disconnect();
  }, []);
  if (shown.length < 2) return null;
  return (
    <nav
      ref={(element) => {
        nav.current = element;
        cue(element);
      }}
      className={classes.tabs}
      aria-label={t('title')}
    >
      {shown.map(({ name, to }) => (
        <Link
          key={name}
          to={to}
          activeOptions={{ exact: to === '/administration', includeSearch: false }}
          className={classes.tab}
        >
          {t(`tab.${name}`)}
        </Link>
      ))}
    </nav>
  );
};
