import { useTranslation } from 'react-i18next';
import { useLiveState, useLiveTopic } from '../live/hooks.ts';
import { StateShape } from '../theme/state-mark.tsx';
import { formatTime } from '../time/format.ts';
import { useClockZone } from '../time/zone.ts';
import classes from './chip.module.css';

const nothing = () => undefined;

/** Is the screen live, and how far behind the devices? */
export const ConnectionChip = () => {
  const { t, i18n } = useTranslation('shell');
  const { state, since, delayMs } = useLiveState();
  const { zone } = useClockZone();
  // Figures come every second, so that the delay is known on a page that shows nothing live, too.
  useLiveTopic('fleet', nothing);
  if (state === 'live') {
    return (
      <span className={classes.chip} title={t('connection.delay')} data-connection="live">
        <b>{t('connection.live')}</b>
        {delayMs === null ? null : delayMs < 1 ? '< 1 ms' : `${Math.round(delayMs).toLocaleString(i18n.language)} ms`}
      </span>
    );
  }
  return (
    <span className={classes.chip} data-connection={state}>
      <StateShape state="stale" />
      <b>{t(`connection.${state}`)}</b>
      <span className={classes.wide}>
        {t('connection.since', { time: formatTime(since, { language: i18n.language, zone }) })}
      </span>
    </span>
  );
};
