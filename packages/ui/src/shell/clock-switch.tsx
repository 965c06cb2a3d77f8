import { VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useClockZone } from '../time/zone.ts';
import classes from './chip.module.css';

/** How a zone writes its distance from UTC now: `UTC+1`. */
const offsetName = (zone: string): string => {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts();
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
  return name.replace('GMT', 'UTC');
};

/** Switches every time on the screen between the viewer's zone and UTC. */
export const ClockSwitch = () => {
  const { t } = useTranslation('shell');
  const { mode, zone, setMode } = useClockZone();
  const isUtc = mode === 'utc';
  return (
    <button
      type="button"
      className={classes.chip}
      title={t(isUtc ? 'clock.toLocal' : 'clock.toUtc')}
      onClick={() => setMode(isUtc ? 'local' : 'utc')}
    >
      <b>{t(`clock.${mode}`)}</b>
      {isUtc ? null : offsetName(zone)}
      <VisuallyHidden>, {t(isUtc ? 'clock.toLocal' : 'clock.toUtc')}</VisuallyHidden>
    </button>
  );
};
