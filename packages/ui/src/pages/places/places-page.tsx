import { Button, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session.tsx';
import { usePlaceTree } from '../../data/places.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Page } from '../../parts/page.tsx';
import { findPlaces } from '../../parts/place-options.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useKeys } from '../../shell/keys.ts';
import { ImportExport } from '../fleet/csv/import-export.tsx';
import { FleetTabs } from '../fleet/fleet-tabs.tsx';
import { DeletePlaceDialog } from './delete-place-dialog.tsx';
import { MovePlaceDialog } from './move-place-dialog.tsx';
import type { PlaceAction } from './place-action.ts';
import { PlaceDialog } from './place-dialog.tsx';
import { PlaceRow } from './place-row.tsx';
import classes from './places-page.module.css';
import type { PlacesSearch } from './search.ts';
import { useLiveHealth } from './use-live-health.ts';
import { useOpenPlaces } from './use-open-places.ts';
import { usePlaceDrag } from './use-place-drag.ts';

interface PlacesPageProps {
  search: PlacesSearch;
  onSearch(next: PlacesSearch): void;
}

/** The tree of places: made, renamed, moved, deleted. */
const PlacesPage = ({ search: { q }, onSearch }: PlacesPageProps) => {
  const { t } = useTranslation('places');
  const mayChange = useMay('place:write');
  const { tree, isPending, error } = usePlaceTree();
  const [action, setAction] = useState<PlaceAction | null>(null);
  const { isOpen, toggle, visible } = useOpenPlaces(tree);
  useLiveHealth();
  const drag = usePlaceDrag(({ place }, parentId) => setAction({ kind: 'move', place, parentId }));
  const add = () => setAction({ kind: 'add', parentId: null });
  useKeys(mayChange ? { n: add } : {});

  const isSearching = q !== undefined;
  const nodes = isSearching ? findPlaces(tree, q) : visible;
  const close = () => setAction(null);
  return (
    <Page
      title={t('title')}
      note={isPending ? null : t('total', { count: tree.nodes.length })}
      actions={
        <>
          <ImportExport what="places" mayImport={mayChange} />
          {mayChange ? (
            <Button variant="filled" onClick={add} aria-keyshortcuts="n">
              {t('add')}
            </Button>
          ) : null}
        </>
      }
    >
      <FleetTabs />
      {tree.nodes.length > 0 ? (
        <SearchField className={classes.search} q={q} onSearch={(next) => onSearch({ q: next })} label={t('search')} />
      ) : null}
      {error ? <LoadFault error={error} onRetry={() => location.reload()} /> : null}
      {isPending ? <Skeleton height={160} /> : null}
      {nodes.length > 0 ? (
        <ul className={classes.list} aria-label={t('title')}>
          {drag.fitsTop ? (
            <li className={classes.top} {...drag.ofTop()}>
              {t('move.dropTop')}
            </li>
          ) : null}
          {nodes.map((node) => (
            <PlaceRow
              key={node.place.id}
              node={node}
              flat={isSearching}
              isOpen={isOpen(node)}
              onToggle={() => toggle(node)}
              onAction={mayChange ? setAction : undefined}
              drag={drag}
            />
          ))}
        </ul>
      ) : isPending || error ? null : (
        <div className={classes.empty}>
          <p>{t(isSearching ? 'none.matching' : 'none.yet')}</p>
          {mayChange && !isSearching ? <Button onClick={add}>{t('add')}</Button> : null}
        </div>
      )}
      {action?.kind === 'add' ? <PlaceDialog parentId={action.parentId} onClose={close} /> : null}
      {action?.kind === 'edit' ? (
        <PlaceDialog place={action.place} parentId={action.place.parentId} onClose={close} />
      ) : null}
      {action?.kind === 'move' ? (
        <MovePlaceDialog place={action.place} parentId={action.parentId} onClose={close} />
      ) : null}
      {action?.kind === 'delete' ? <DeletePlaceDialog place={action.place} onClose={close} /> : null}
    </Page>
  );
};

export default PlacesPage;
