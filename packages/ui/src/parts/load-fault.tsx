import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useErrorText } from './error-text.ts';
import classes from './load-fault.module.css';

/** Something could not be read: why, and a way to try again. */
export const LoadFault = ({ error, onRetry }: { error: unknown; onRetry(): void }) => {
  const { t } = useTranslation();
  const text = useErrorText();
  return (
    <div className={classes.fault} role="alert">
      <span>{text(error)}</span>
      <Button size="xs" onClick={() => onRetry()}>
        {t('retry')}
      </Button>
    </div>
  );
};
