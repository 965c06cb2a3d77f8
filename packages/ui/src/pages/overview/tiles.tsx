import { useElementSize } from '@mantine/hooks';
import classes from './tile.module.css';
import { Tile, type TileData } from './tile.tsx';
import { tileRows } from './tile-rows.ts';

const NARROWEST = 280;

/** Places side by side, the larger the wider, the worst first. */
export const Tiles = ({ tiles }: { tiles: readonly TileData[] }) => {
  const { ref, width } = useElementSize();
  const perRow = Math.max(1, Math.floor((width || 1200) / NARROWEST));
  return (
    <div ref={ref} className={classes.rows}>
      {tileRows(tiles, (tile) => tile.devices.total, perRow).map((row) => (
        <div key={row[0]?.tile.placeId} className={classes.row}>
          {row.map(({ tile, weight }) => (
            <Tile key={tile.placeId} tile={tile} weight={weight} />
          ))}
        </div>
      ))}
    </div>
  );
};
