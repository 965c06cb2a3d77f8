import type { Overview } from '@muster/contract/system';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePlace } from '../../nav/place.ts';
import { StateMark, stateOf } from '../../theme/state-mark.tsx';
import classes from './tile.module.css';

export type TileData = Overview['tiles'][number];

const worstFirst = ['error', 'offline', 'maintenance', 'pending'] as const;

/** A place of the fleet: how many devices, the worst state up, and each device as a dot. */
export const Tile = ({ tile, weight }: { tile: TileData; weight: number }) => {
  const { t } = useTranslation('overview');
  const { place } = usePlace();
  const { devices, placeId, places, isElsewhere } = tile;
  const unplaced = isElsewhere ? 'tile.elsewhere' : place ? 'tile.here' : 'tile.unplaced';
  const name = placeId === null ? t(unplaced) : tile.name;
  const states = worstFirst.filter((state) => devices[state] > 0);
  const target = placeId ?? place;
  return (
    <section
      className={classes.tile}
      style={{ flexGrow: weight }}
      data-worst={states[0] === 'error' ? 'error' : undefined}
      aria-label={name}
    >
      <div className={classes.head}>
        <h2 className={classes.name}>
          {target === undefined ? (
            name
          ) : places > 0 ? (
            <Link to="/" search={{ place: target }}>
              {name}
            </Link>
          ) : (
            <Link to="/fleet" search={{ place: target }}>
              {name}
            </Link>
          )}
        </h2>
        {states.slice(0, 2).map((state) => (
          <Link key={state} to="/fleet" search={{ status: state, ...(target ? { place: target } : {}) }}>
            <StateMark status={state}>{t(`tile.${state}`, { count: devices[state] })}</StateMark>
          </Link>
        ))}
      </div>
      <p className={classes.note}>
        {[
          ...(places > 0 ? [t('tile.places', { count: places })] : []),
          t('tile.devices', { count: devices.total }),
          ...(devices.total > 0 ? [t('tile.online', { count: devices.online })] : []),
        ].join(' · ')}
      </p>
      <Dots tile={tile} />
    </section>
  );
};

/** Each device as a dot. What they say is said in words above; a pointer can go straight to one. */
const Dots = ({ tile }: { tile: TileData }) => {
  const { t } = useTranslation('overview');
  const more = tile.devices.total - tile.dots.length;
  return (
    <div className={classes.dots}>
      {tile.dots.map(({ deviceId, name, status }) => (
        <Link
          key={deviceId}
          to="/devices/$deviceId"
          params={{ deviceId }}
          preload={false}
          className={classes.dot}
          data-state={stateOf(status)}
          title={name}
          tabIndex={-1}
          aria-hidden="true"
        />
      ))}
      {more > 0 ? <span className={classes.more}>{t('tile.more', { count: more })}</span> : null}
    </div>
  );
};
