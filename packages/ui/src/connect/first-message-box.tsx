import { Loader } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { StateShape } from '../theme/state-mark.tsx';
import { Age } from '../time/age.tsx';
import classes from './connect-steps.module.css';
import { useFirstMessage } from './use-first-message.ts';

const SHOWN = 4;

interface FirstMessageBoxProps {
  deviceId: string;
  /** It has come. */
  onFirst?: (() => void) | undefined;
}

/** Whether the first message of a device has come, or why the newest one was not taken. */
export const FirstMessageBox = ({ deviceId, onFirst }: FirstMessageBoxProps) => {
  const { t, i18n } = useTranslation('connect');
  const { first, refused } = useFirstMessage(deviceId);
  const isThere = first !== null;
  useEffect(() => {
    if (isThere) onFirst?.();
  }, [isThere, onFirst]);
  const values = Object.entries(first?.values ?? {});
  return (
    <div className={classes.waiting} role="status" data-received={first !== null}>
      {first ? (
        <>
          <StateShape state="online" />
          <span>
            <b>{t('steps.received')}</b>{' '}
            {values
              .slice(0, SHOWN)
              .map(
                ([metric, value]) =>
                  `${metric} ${typeof value === 'number' ? value.toLocaleString(i18n.language) : value}`,
              )
              .join(' · ')}
            {values.length > SHOWN ? ' …' : ''}{' '}
            <span className={classes.age}>
              <Age ts={first.ts} ago />
            </span>
          </span>
        </>
      ) : refused ? (
        <>
          <StateShape state="warning" />
          <span>
            <b>{t('steps.refused')}</b> {refused}
          </span>
        </>
      ) : (
        <>
          <Loader size={14} color="var(--muted)" aria-hidden="true" />
          {t('steps.waiting')}
        </>
      )}
    </div>
  );
};
