import type { DeviceTypeView } from '@muster/contract/solution';
import { useTranslation } from 'react-i18next';
import { describeEvent } from '../describe-event.ts';
import { useTimes } from '../use-times.ts';
import type { LiveEvent } from './device-live.ts';
import classes from './live.module.css';

interface JustNowProps {
  /** Newest first. */
  events: readonly LiveEvent[];
  type: DeviceTypeView | null;
  onAll(): void;
}

/** The newest things that happened to the device. */
export const JustNow = ({ events, type, onAll }: JustNowProps) => {
  const { t, i18n } = useTranslation('device');
  const { moment, exact } = useTimes();
  return (
    <section className={classes.side} aria-label={t('justNow.title')}>
      <h2 className={classes.sideTitle}>{t('justNow.title')}</h2>
      {events.length === 0 ? <p className={classes.sideEmpty}>{t('justNow.empty')}</p> : null}
      <ul className={classes.happenings}>
        {events.map((event) => (
          <li key={`${event.ts} ${event.type}`}>
            <time className={classes.when} dateTime={new Date(event.ts).toISOString()} title={exact(event.ts)}>
              {moment(event.ts)}
            </time>{' '}
            {describeEvent(event, type, t, i18n.language)}
          </li>
        ))}
      </ul>
      {events.length > 0 ? (
        <button type="button" className={classes.link} onClick={onAll}>
          {t('justNow.all')}
        </button>
      ) : null}
    </section>
  );
};
