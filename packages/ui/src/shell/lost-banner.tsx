import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLiveState } from '../live/hooks.ts';
import { live } from '../live/live.ts';
import { StateShape } from '../theme/state-mark.tsx';
import { formatTime } from '../time/format.ts';
import { useClockZone } from '../time/zone.ts';
import classes from './lost-banner.module.css';

/** A connection that comes back at once is no news. */
const PATIENCE_MS = 1500;

/** Says on every page that what is shown is no longer live, and since when. */
export const LostBanner = () => {
  const { t, i18n } = useTranslation('shell');
  const { state, since } = useLiveState();
  const { zone } = useClockZone();
  const [patient, setPatient] = useState(true);
  const lost = state !== 'live';

  useEffect(() => {
    setPatient(true);
    if (!lost) return;
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [lost]);

  const shown = lost && !patient;
  const time = formatTime(since, { language: i18n.language, zone });
  return (
    <div className={classes.banner} data-shown={shown}>
      <span role="status" className={classes.words}>
        {shown ? (
          <>
            <StateShape state="warning" />
            <span>
              <b>{t('lost.noData', { time })}</b> {t(`lost.${state}`)}
            </span>
          </>
        ) : null}
      </span>
      {shown ? (
        <Button size="xs" onClick={live.retry}>
          {t('lost.retry')}
        </Button>
      ) : null}
    </div>
  );
};
