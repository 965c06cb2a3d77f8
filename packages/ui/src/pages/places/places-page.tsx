import { Button, Skeleton, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session.tsx';
import { usePlaceTree } from '../../data/places.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Page } from '../../parts/page.tsx';
import { findPlaces } from '../../parts/place-options.tsx';
import { useKeys } from '../../shell/keys.ts';
import { FleetTabs } from '../fleet/fleet-tabs.tsx';
import { DeletePlaceDialog } from './delete-place-dialog.tsx';
import type { PlaceAction } from './place-action.ts';
import { PlaceDialog } from './place-dialog.tsx';
import { PlaceRow } from './place-row.tsx';
import classes from './places-page.module.css';
import { useOpenPlaces } from './use-open-places.ts';

/** The tree of places: made, renamed, moved, deleted. */
const PlacesPage = () => {
  const { t } = useTranslation('places');
  const mayChange = useMay('place:write');
  const { tree, isPending, error } = usePlaceTree();
  const [search, setSearch] = useState('');
  const [action, setAction] = useState<PlaceAction | null>(null);
  const { isOpen, toggle, visible } = useOpenPlaces(tree);
  const field = useRef<HTMLInputElement>(null);
  useKeys({
    '/': () => field.current?.focus(),
    ...(mayChange ? { n: () => setAction({ kind: 'add', parentId: null }) } : {}),
  });

  const isSearching = search.trim() !== '';
  const nodes = isSearching ? findPlaces(tree, search) : visible;
  const close = () => setAction(null);
  return (
    <Page
      title={t('title')}
      note={isPending ? null : t('total', { count: tree.nodes.length })}
      actions={
        mayChange ? (
          <Button variant="filled" onClick={() => setAction({ kind: 'add', parentId: null })}>
            {t('add')}
          </Button>
        ) : null
      }
    >
      <FleetTabs />
      {tree.nodes.length > 0 ? (
        <TextInput
          ref={field}
          className={classes.search ?? ''}
          type="search"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder={t('search')}
          aria-label={t('search')}
          aria-keyshortcuts="/"
          rightSection={<kbd>/</kbd>}
        />
      ) : null}
      {error ? <LoadFault error={error} onRetry={() => location.reload()} /> : null}
      {isPending ? <Skeleton height={160} /> : null}
      {nodes.length > 0 ? (
        <ul className={classes.list}>
          {nodes.map((node) => (
            <PlaceRow
              key={node.place.id}
              node={node}
              flat={isSearching}
              isOpen={isOpen(node)}
              onToggle={() => toggle(node)}
              onAction={mayChange ? setAction : undefined}
            />
          ))}
        </ul>
      ) : isPending || error ? null : (
        <p className={classes.empty}>{t(isSearching ? 'none.matching' : 'none.yet')}</p>
      )}
      {action?.kind === 'add' ? <PlaceDialog parentId={action.parentId} onClose={close} /> : null}
      {action?.kind === 'edit' ? (
        <PlaceDialog place={action.place} parentId={action.place.parentId} onClose={close} />
      ) : null}
      {action?.kind === 'delete' ? <DeletePlaceDialog place={action.place} onClose={close} /> : null}
    </Page>
  );
};

export default PlacesPage;
