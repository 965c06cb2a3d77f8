import { Button, Select } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import type { DeviceTypeView } from '@muster/contract/solution';
import { useCallback, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../../parts/error-text.ts';
import { describeEvent, STATUS_EVENT } from '../describe-event.ts';
import type { DeviceLive } from '../live/device-live.ts';
import { titleOf } from '../metrics.ts';
import type { ChangeSearch, DeviceSearch } from '../search.ts';
import { EventItem } from './event-item.tsx';
import classes from './events.module.css';
import { NoEvents } from './no-events.tsx';
import { useEvents } from './use-events.ts';

interface EventsTabProps {
  device: Device;
  type: DeviceTypeView | null;
  deviceLive: DeviceLive;
  search: DeviceSearch;
  onSearch: ChangeSearch;
}

/** What happened to the device, newest first. */
export const EventsTab = ({ device, type, deviceLive, search, onSearch }: EventsTabProps) => {
  const { t, i18n } = useTranslation('device');
  const errorText = useErrorText();
  const list = useRef<HTMLOListElement>(null);
  const isRead = useCallback(() => {
    const element = list.current;
    // Without events it is hidden, and has no place on the screen.
    if (!element || element.hidden) return false;
    const edge = element.closest('main')?.getBoundingClientRect().top ?? 0;
    const isScrolled = element.getBoundingClientRect().top < edge;
    return isScrolled || element.matches(':hover, :focus-within');
  }, []);
  const wanted = search.event ?? '';
  const { rows, query, waiting, showWaiting } = useEvents({ device, deviceLive, type: wanted, isRead });
  const types = useMemo(() => {
    const names = new Set([STATUS_EVENT, ...Object.keys(type?.events ?? {}), ...rows.map((row) => row.type)]);
    if (wanted) names.add(wanted);
    const label = (name: string) => {
      if (name === STATUS_EVENT) return t('events.status');
      const definition = type?.events[name];
      return definition ? titleOf(definition, i18n.language) : name;
    };
    return [...names].map((name) => ({ value: name, label: label(name) }));
  }, [type, rows, wanted, t, i18n.language]);

  return (
    <div className={classes.events}>
      <div className={classes.filter}>
        <Select
          label={t('events.filter')}
          placeholder={t('events.all')}
          data={types}
          value={wanted || null}
          onChange={(event) => onSearch({ event: event ?? undefined })}
          clearable
          searchable
          nothingFoundMessage={t('events.noType')}
        />
        {waiting > 0 ? <Button onClick={showWaiting}>{t('events.waiting', { count: waiting })}</Button> : null}
      </div>
      {query.error ? (
        <p role="alert">
          {errorText(query.error)} <Button onClick={() => void query.refetch()}>{t('retry')}</Button>
        </p>
      ) : null}
      {query.isPending ? <p role="status">{t('loading')}</p> : null}
      {query.isSuccess && rows.length === 0 ? <NoEvents device={device} filtered={wanted !== ''} /> : null}
      <ol ref={list} className={classes.list} aria-label={t('tabs.events')} hidden={rows.length === 0}>
        {rows.map((row) => (
          <EventItem key={row.id} row={row} title={describeEvent(row, type, t, i18n.language)} />
        ))}
      </ol>
      {query.hasNextPage ? (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('events.older')}
        </Button>
      ) : null}
    </div>
  );
};
