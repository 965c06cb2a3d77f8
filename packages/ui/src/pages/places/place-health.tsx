import type { PlaceHealth, PlaceState } from '@muster/contract/places';
import { useTranslation } from 'react-i18next';
import { wordOf } from '../../i18n/word.ts';
import { type Severity, StateMark, type Status } from '../../theme/state-mark.tsx';
import classes from './places-page.module.css';

/** What is wrong has a colour; what is not is quiet. */
const marks: Record<PlaceState, { severity: Severity } | { status: Status }> = {
  down: { severity: 'critical' },
  degraded: { severity: 'warning' },
  incomplete: { severity: 'warning' },
  waiting: { status: 'pending' },
  maintenance: { status: 'maintenance' },
  ok: { status: 'online' },
  empty: { status: 'pending' },
};

/** How a place is, in a word, with the figures behind it. */
export const PlaceHealthMark = ({ health }: { health: PlaceHealth | null }) => {
  const { t } = useTranslation('places');
  if (!health) return <span className={classes.health} />;
  const { state, devices } = health;
  const faulty = devices.offline + devices.error;
  const figures =
    devices.total === 0
      ? null
      : faulty > 0
        ? t('health.faulty', { faulty, count: devices.total })
        : t('health.devices', { count: devices.total });
  return (
    <span className={classes.health} data-state={state}>
      {state === 'empty' ? (
        <span className={classes.quiet}>{t('state.empty')}</span>
      ) : (
        <StateMark {...marks[state]}>{t(`state.${state}`)}</StateMark>
      )}
      {figures ? <span className={classes.figures}>{figures}</span> : null}
    </span>
  );
};

/** What a place lacks, and that places below it lack something; nothing where all is there. */
export const PlaceMissing = ({ health }: { health: PlaceHealth | null }) => {
  const { t, i18n } = useTranslation('places');
  if (!health || health.missing.length + health.incompleteBelow === 0) return null;
  const words = health.missing.map(({ titles, least, found }) =>
    t('health.missing', { what: wordOf(titles, i18n.language), least, found }),
  );
  if (health.incompleteBelow > 0) words.push(t('health.below', { count: health.incompleteBelow }));
  return <span className={classes.missing}>{words.join(' · ')}</span>;
};
