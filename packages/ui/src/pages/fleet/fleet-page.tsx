import { Button } from '@mantine/core';
import { Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session.tsx';
import { lazyPart } from '../../app/lazy-part.ts';
import type { DeviceFilter } from '../../data/devices.ts';
import { type PlaceSearch, usePlace } from '../../nav/place.ts';
import { Page } from '../../parts/page.tsx';
import { useKeys } from '../../shell/keys.ts';
import { ImportExport } from './csv/import-export.tsx';
import { DeviceTable } from './device-table.tsx';
import { Filters } from './filters.tsx';
import { FleetTabs } from './fleet-tabs.tsx';
import type { FleetSearch } from './search.ts';

const AddDeviceDialog = lazyPart(() => import('../../connect/add-device-dialog.tsx'));

interface FleetPageProps {
  search: FleetSearch;
  /** `replace`: not a step that Back returns to. */
  onSearch(next: Partial<FleetSearch & PlaceSearch>, options?: { replace?: boolean }): void;
}

/** All devices: found, limited, opened, added. */
const FleetPage = ({ search, onSearch }: FleetPageProps) => {
  const { t } = useTranslation('fleet');
  const mayAdd = useMay('device:write');
  const { place } = usePlace();
  const [total, setTotal] = useState<number | undefined>();
  const { q, status, type, label, role, firmware, sort, selected, add } = search;
  const limits = useMemo(
    () => ({ search: q, status, type, label, role, firmwareVersion: firmware, placeId: place }),
    [q, status, type, label, role, firmware, place],
  );
  const filter = useMemo<DeviceFilter>(() => ({ ...limits, sort }), [limits, sort]);
  const isLimited = Object.values(limits).some((limit) => limit !== undefined);

  useKeys(mayAdd ? { n: () => onSearch({ add: true }) } : {});

  return (
    <Page
      fills
      title={t('title')}
      note={total === undefined ? null : t(isLimited ? 'matching' : 'total', { count: total })}
      actions={
        <>
          <ImportExport what="devices" filter={limits} mayImport={mayAdd} />
          {mayAdd ? (
            <Button variant="filled" onClick={() => onSearch({ add: true })} aria-keyshortcuts="n">
              {t('add')}
            </Button>
          ) : null}
        </>
      }
    >
      <FleetTabs />
      <Filters search={search} onSearch={(next) => onSearch(next, { replace: true })} />
      <DeviceTable
        key={JSON.stringify(filter)}
        filter={filter}
        selected={selected}
        onSelect={(deviceId) => onSearch({ selected: deviceId }, { replace: true })}
        onTotal={setTotal}
        empty={
          isLimited ? (
            <>
              <p>{t('none.matching')}</p>
              <Button
                onClick={() => {
                  onSearch({ ...noLimits, place: undefined });
                }}
              >
                {t('none.showAll')}
              </Button>
            </>
          ) : (
            <>
              <p>{t('none.yet')}</p>
              {mayAdd ? <Button onClick={() => onSearch({ add: true })}>{t('add')}</Button> : null}
            </>
          )
        }
      />
      <Suspense>
        {add && mayAdd ? (
          <AddDeviceDialog hasAddress placeId={place} onClose={() => onSearch({ add: undefined }, { replace: true })} />
        ) : null}
      </Suspense>
    </Page>
  );
};

const noLimits = {
  q: undefined,
  status: undefined,
  type: undefined,
  label: undefined,
  role: undefined,
  firmware: undefined,
};

export default FleetPage;
