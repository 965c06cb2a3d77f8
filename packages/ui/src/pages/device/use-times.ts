import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { live } from '../../live/live.ts';
import { formatTime } from '../../time/format.ts';
import { everySecond } from '../../time/seconds.ts';
import { useClockZone } from '../../time/zone.ts';

/** Writes moments (ms) in the language and on the clock of the viewer. */
export const useTimes = () => {
  const { i18n } = useTranslation('device');
  const { zone } = useClockZone();
  return useMemo(() => {
    const options = { language: i18n.language, zone };
    return {
      zone,
      /** 14:03:10 */
      time: (ts: number) => formatTime(ts, options),
      /** The same, with the date unless it is today. */
      moment: (ts: number) => formatTime(ts, { ...options, style: 'moment', now: live.serverNow() }),
      /** With milliseconds and zone. */
      exact: (ts: number) => formatTime(ts, { ...options, style: 'exact' }),
    };
  }, [i18n.language, zone]);
};

/** The server's time in ms, renewed every second. */
export const useServerNow = (): number => {
  const [now, setNow] = useState(live.serverNow);
  useEffect(() => everySecond(() => setNow(live.serverNow())), []);
  return now;
};
