import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { live } from '../live/live.ts';
import { formatAge, formatTime } from './format.ts';
import { everySecond } from './seconds.ts';
import { useClockZone } from './zone.ts';

interface AgeProps {
  /** When it was, ms since 1970 by the server's clock; null or undefined: never. */
  ts: number | null | undefined;
  /** Says "4s ago" instead of "4s". */
  ago?: boolean;
}

/** How long ago something was, counted on by the server's clock while it is on screen; the exact time on hover. */
export const Age = ({ ts, ago = false }: AgeProps) => {
  const { t, i18n } = useTranslation('time');
  const { zone } = useClockZone();
  const [, setBeat] = useState(0);
  const element = useRef<HTMLTimeElement>(null);
  const known = ts !== null && ts !== undefined;

  useEffect(() => {
    if (!known || !element.current) return;
    let end: (() => void) | null = null;
    const seen = new IntersectionObserver((entries) => {
      const visible = entries.at(-1)?.isIntersecting === true;
      if (visible && !end) {
        setBeat((beat) => beat + 1);
        end = everySecond(() => setBeat((beat) => beat + 1));
      } else if (!visible) {
        end?.();
        end = null;
      }
    });
    seen.observe(element.current);
    return () => {
      end?.();
      seen.disconnect();
    };
  }, [known]);

  if (!known) return <span>{t('never')}</span>;
  const age = formatAge(live.serverNow() - ts, i18n.language);
  return (
    <time
      ref={element}
      dateTime={new Date(ts).toISOString()}
      title={formatTime(ts, { language: i18n.language, zone, style: 'exact' })}
    >
      {ago ? t('ago', { age }) : age}
    </time>
  );
};
