import { Button, Loader } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client.ts';
import { useLiveRestored } from '../live/hooks.ts';
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

/** A page that broke, or whose file could not be fetched: only the app loaded anew, by a server that answers, may mend it. */
export const PageFailed = ({ error }: ErrorComponentProps) => {
  const { t } = useTranslation('shell');
  const text = useErrorText();
  const again = useMutation({
    mutationFn: () => call(routes.identity.setupState),
    onSuccess: () => location.reload(),
  });
  useLiveRestored(() => location.reload());
  return (
    <div className={classes.page} role="alert">
      <h1>{t('failed.title')}</h1>
      <p className={classes.quiet}>{text(again.error ?? error)}</p>
      <Button loading={again.isPending} onClick={() => again.mutate()}>
        {t('failed.again')}
      </Button>
    </div>
  );
};
