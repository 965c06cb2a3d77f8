import { Button, Skeleton, Tabs } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError } from '../../api/error.ts';
import { useMay } from '../../api/session.tsx';
import { useLiveTopic } from '../../live/hooks.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { useTabTitle } from '../../parts/page.tsx';
import { AccessTab } from './access/access-tab.tsx';
import { CommandsTab } from './commands/commands-tab.tsx';
import { deviceKeys, useDevice, useDeviceType } from './data.ts';
import classes from './device.module.css';
import { EventsTab } from './events/events-tab.tsx';
import { ExportModal } from './export/export-modal.tsx';
import { DeviceHeader } from './header/device-header.tsx';
import { createDeviceLive, type DeviceLive } from './live/device-live.ts';
import { LiveTab } from './live/live-tab.tsx';
import { metricsOf } from './metrics.ts';
import { type ChangeSearch, type DeviceSearch, tabNames } from './search.ts';

interface DevicePageProps {
  deviceId: string;
  search: DeviceSearch;
  onSearch: ChangeSearch;
}

/** Everything about one device. */
const DevicePage = (props: DevicePageProps) => <Page key={props.deviceId} {...props} />;
export default DevicePage;

const Page = ({ deviceId, search, onSearch }: DevicePageProps) => {
  const { t } = useTranslation('device');
  const errorText = useErrorText();
  const device = useDevice(deviceId);
  const type = useDeviceType(device.data?.type);
  useTabTitle(device.data?.name ?? deviceId);
  const [deviceLive] = useState(() => createDeviceLive((draw) => requestAnimationFrame(draw)));
  useLiveTopic(device.data ? `device:${deviceId}` : null, deviceLive.take);

  if (device.error) {
    const missing = device.error instanceof ApiError && device.error.status === 404;
    return (
      <section className={classes.message}>
        <h1>{t(missing ? 'notFound.title' : 'failed.title', { deviceId })}</h1>
        <p>{missing ? t('notFound.text') : errorText(device.error)}</p>
        {missing ? null : <Button onClick={() => void device.refetch()}>{t('retry')}</Button>}
      </section>
    );
  }
  if (!device.data || type.isPending) return <Waiting label={t('loading')} />;
  return (
    <Loaded device={device.data} type={type.data ?? null} deviceLive={deviceLive} search={search} onSearch={onSearch} />
  );
};

const Waiting = ({ label }: { label: string }) => (
  <div className={classes.page} role="status" aria-label={label}>
    <Skeleton height={52} width={320} />
    <Skeleton height={40} />
    <Skeleton height={108} />
    <Skeleton height={330} />
  </div>
);

interface LoadedProps extends Omit<DevicePageProps, 'deviceId'> {
  device: Device;
  type: DeviceTypeView | null;
  deviceLive: DeviceLive;
}

/** Without a type nothing says how often values come; the same as for a generic device. */
const UNKNOWN_INTERVAL_MS = 20_000;

const Loaded = ({ device, type, deviceLive, search, onSearch }: LoadedProps) => {
  const { t, i18n } = useTranslation('device');
  const { deviceId } = device;
  const latest = useQuery({
    queryKey: deviceKeys.latest(deviceId),
    queryFn: ({ signal }) => call(routes.telemetry.latest, { params: { deviceId }, signal }),
  });
  useEffect(() => {
    if (latest.data) deviceLive.latest.fill(latest.data.values);
  }, [latest.data, deviceLive]);
  const known = useSyncExternalStore(deviceLive.latest.subscribe, deviceLive.latest.known);
  const metrics = useMemo(() => metricsOf(type, known, i18n.language), [type, known, i18n.language]);
  const intervalMs = type?.intervalMs ?? UNKNOWN_INTERVAL_MS;
  const [exporting, setExporting] = useState(false);
  const maySeeCommands = useMay('command:read');
  const tabs = tabNames.filter((name) => name !== 'commands' || maySeeCommands);
  const tab = search.tab && tabs.includes(search.tab) ? search.tab : 'live';
  return (
    <div className={classes.page}>
      <DeviceHeader device={device} type={type} deviceLive={deviceLive} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => onSearch({ tab: tabNames.find((name) => name === next && name !== 'live') })}
        classNames={{ list: classes.tabs ?? '', tab: classes.tab ?? '', panel: classes.panel ?? '' }}
      >
        <Tabs.List aria-label={t('tabs.label')}>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="live">
          <LiveTab
            device={device}
            type={type}
            metrics={metrics}
            heard={Object.keys(known).length > 0 || (latest.isPending ? null : latest.isError)}
            intervalMs={intervalMs}
            deviceLive={deviceLive}
            search={search}
            onSearch={onSearch}
            onExport={() => setExporting(true)}
          />
        </Tabs.Panel>
        <Tabs.Panel value="events">
          <EventsTab device={device} type={type} deviceLive={deviceLive} search={search} onSearch={onSearch} />
        </Tabs.Panel>
        <Tabs.Panel value="commands">
          <CommandsTab device={device} type={type} deviceLive={deviceLive} />
        </Tabs.Panel>
        <Tabs.Panel value="access">
          <AccessTab device={device} metrics={metrics} />
        </Tabs.Panel>
      </Tabs>
      {exporting ? (
        <ExportModal deviceId={deviceId} metrics={metrics} search={search} onClose={() => setExporting(false)} />
      ) : null}
    </div>
  );
};
