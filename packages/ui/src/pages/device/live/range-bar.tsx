import { useTranslation } from 'react-i18next';
import { presetNames, type Range, shift, stepPreset, zoom } from '../../../chart/range.ts';
import { live } from '../../../live/live.ts';
import { useKeys } from '../../../shell/keys.ts';
import { useTimes } from '../use-times.ts';
import classes from './live.module.css';

interface RangeBarProps {
  range: Range;
  onRange(range: Range): void;
  /** Back from a fixed range to the one that follows the present. */
  onLive(): void;
}

/** Chooses the range of all charts; `[` and `]` take the neighbour, 1 to 7 one of the presets. */
export const RangeBar = ({ range, onRange }: Pick<RangeBarProps, 'range' | 'onRange'>) => {
  const { t } = useTranslation('device');
  useKeys({
    '[': () => onRange(stepPreset(range, -1, live.serverNow())),
    ']': () => onRange(stepPreset(range, 1, live.serverNow())),
    ...Object.fromEntries(presetNames.map((name, index) => [String(index + 1), () => onRange(name)])),
  });
  return (
    <fieldset className={classes.ranges} aria-label={t('range.label')}>
      {presetNames.map((name, index) => (
        <button
          key={name}
          type="button"
          className={classes.chip}
          aria-pressed={range === name}
          aria-keyshortcuts={String(index + 1)}
          onClick={() => onRange(name)}
        >
          {t(`range.${name}`)}
        </button>
      ))}
    </fieldset>
  );
};

/** Says which fixed range is shown and moves it, for who does not drag; nothing while the present is followed. */
export const FixedRangeBar = ({ range, onRange, onLive }: RangeBarProps) => {
  const { t } = useTranslation('device');
  const { moment } = useTimes();
  if (typeof range === 'string') return null;
  const moves = {
    earlier: () => shift(range, -0.5, live.serverNow()),
    later: () => shift(range, 0.5, live.serverNow()),
    zoomIn: () => zoom(range, 0.5, live.serverNow()),
    zoomOut: () => zoom(range, 2, live.serverNow()),
  };
  return (
    <fieldset className={classes.fixed} aria-label={t('range.fixed')}>
      <span className={classes.span}>
        {moment(range.from)} – {moment(range.to)}
      </span>
      {Object.entries(moves).map(([name, move]) => (
        <button key={name} type="button" className={classes.chip} onClick={() => onRange(move())}>
          {t(`range.${name}`)}
        </button>
      ))}
      <button type="button" className={classes.chip} data-primary onClick={onLive}>
        {t('range.live')}
      </button>
    </fieldset>
  );
};
