import { Skeleton } from '@mantine/core';
import type { Overview } from '@muster/contract/system';
import { Link } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session.tsx';
import { lazyPart } from '../../app/lazy-part.ts';
import { useOverview } from '../../data/overview.ts';
import { usePlaceTree } from '../../data/places.ts';
import { usePlace } from '../../nav/place.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Page } from '../../parts/page.tsx';
import { Changes } from './changes.tsx';
import { FirstDevice } from './first-device.tsx';
import { InstallationCard } from './installation-card.tsx';
import { NothingToSee } from './nothing-to-see.tsx';
import classes from './overview-page.module.css';
import { Tiles } from './tiles.tsx';
import { useSample } from './use-sample.ts';

const AddDeviceDialog = lazyPart(() => import('../../connect/add-device-dialog.tsx'));

/** The fleet at a glance, for who may see devices. */
const OverviewPage = () => (useMay('device:read') ? <FleetAtAGlance /> : <NothingToSee />);

const FleetAtAGlance = () => {
  const { t } = useTranslation('overview');
  const { place } = usePlace();
  const { tree } = usePlaceTree();
  const maySeeSystem = useMay('system:read');
  const { data, error, refetch } = useOverview(place);
  const [isAdding, setAdding] = useState(false);
  useSample(data);
  const path = tree.find(place)?.path.join(' / ');

  const devices = data?.devices;
  const trouble = devices ? devices.error + devices.offline : 0;
  const note = devices ? (
    <>
      {t('note.devices', { count: devices.total })}
      {', '}
      {trouble > 0 ? t('note.trouble', { count: trouble }) : t('note.fine')}
    </>
  ) : null;

  const isEmpty = data?.devices.total === 0 && place === undefined;
  return (
    <>
      <Page title={path ?? t('title')} note={isEmpty ? null : note}>
        {error ? <LoadFault error={error} onRetry={refetch} /> : null}
        {data && !isEmpty ? <Places tiles={data.tiles} /> : null}
        {data || error ? null : <Skeleton height={232} radius="md" />}
        <div className={classes.columns}>
          {isEmpty ? <FirstDevice onAdd={() => setAdding(true)} /> : <Changes changes={data?.changes} />}
          {maySeeSystem ? <InstallationCard /> : null}
        </div>
      </Page>
      {/* It outlives the steps for a first device: once that is made they are gone, but its token is still shown. */}
      <Suspense>
        {isAdding ? <AddDeviceDialog placeId={place} proposedId="device-1" onClose={() => setAdding(false)} /> : null}
      </Suspense>
    </>
  );
};

const Places = ({ tiles }: { tiles: Overview['tiles'] }) => {
  const { t } = useTranslation('overview');
  if (tiles.length > 0) return <Tiles tiles={tiles} />;
  return (
    <p className={classes.quiet}>
      {t('noDevicesHere')}{' '}
      <Link to="/fleet" search={(before) => ({ place: before.place, add: true as const })}>
        {t('addDevice')}
      </Link>
    </p>
  );
};

export default OverviewPage;
