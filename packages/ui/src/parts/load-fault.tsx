import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error.ts';
import { useErrorText } from './error-text.ts';
import classes from './load-fault.module.css';

/** Something could not be read: why, and a way to try again; where that would end the same, a way back. */
export const LoadFault = ({ error, onRetry }: { error: unknown; onRetry(): void }) => {
  const { t } = useTranslation();
  const text = useErrorText();
  return (
    <div className={classes.fault} role="alert">
      <span>{text(error)}</span>
      {error instanceof ApiError && [403, 404].includes(error.status) ? (
        <Link to="/">{t('toOverview')}</Link>
      ) : (
        <Button size="xs" onClick={() => onRetry()}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
};
