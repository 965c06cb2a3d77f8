import { useElementSize } from '@mantine/hooks';
import classes from './tile.module.css';
import { Tile, type TileData } from './tile.tsx';
import { tileRows } from './tile-rows.ts';

const NARROWEST = 280;
const keyOf = ({ placeId, isElsewhere }: TileData) => placeId ?? String(isElsewhere);

/** Places side by side, the larger the wider, the worst first. */
export const Tiles = ({ tiles }: { tiles: readonly TileData[] }) => {
  const { ref, width } = useElementSize();
  const perRow = Math.max(1, Math.floor((width || 1200) / NARROWEST));
  return (
    <div ref={ref} className={classes.rows}>
      {tileRows(tiles, (tile) => tile.devices.total, perRow).map((row) => (
        <div key={row[0] && keyOf(row[0].tile)} className={classes.row}>
          {row.map(({ tile, weight }) => (
            <Tile key={keyOf(tile)} tile={tile} weight={weight} />
          ))}
        </div>
      ))}
    </div>
  );
};
