import { Button, Loader } from '@mantine/core';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../parts/error-text.ts';
import classes from './page-states.module.css';

/** A page that is on its way. */
export const PageWaiting = () => {
  const { t } = useTranslation('shell');
  return (
    <div className={classes.page} role="status">
      <Loader size="sm" color="var(--muted)" aria-hidden="true" />
      <span className={classes.quiet}>{t('loading')}</span>
    </div>
  );
};

/** An address that leads nowhere. */
export const PageMissing = () => {
  const { t } = useTranslation('shell');
  return (
    <div className={classes.page}>
      <h1>{t('missing.title')}</h1>
      <p className={classes.quiet}>{t('missing.text')}</p>
      <Link to="/">{t('missing.home')}</Link>
    </div>
  );
};

/** A page that broke. */
export const PageFailed = ({ error, reset }: ErrorComponentProps) => {
  const { t } = useTranslation('shell');
  const text = useErrorText();
  return (
    <div className={classes.page} role="alert">
      <h1>{t('failed.title')}</h1>
      <p className={classes.quiet}>{text(error)}</p>
      <Button onClick={reset}>{t('failed.again')}</Button>
    </div>
  );
};
