import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDeviceTypes } from '../../data/device-types.ts';
import type { DeviceFilter } from '../../data/devices.ts';
import { usePlaceName } from '../../data/places.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { useKeys } from '../../shell/keys.ts';
import { DeviceRow } from './device-row.tsx';
import classes from './device-table.module.css';
import { useCursor } from './use-cursor.ts';
import { useDeviceRows } from './use-device-rows.ts';
import { useLiveStatus } from './use-live-status.ts';
import { useRowHeight } from './use-row-height.ts';

interface DeviceTableProps {
  filter: DeviceFilter;
  selected: string | undefined;
  onSelect(deviceId: string): void;
  onTotal(total: number | undefined): void;
  /** Shown when nothing matches. */
  empty: React.ReactNode;
}

const columns = ['device', 'type', 'place', 'status', 'seen'] as const;

/** The devices that match, however many: only what is on the screen is drawn, and read. */
export const DeviceTable = ({ filter, selected, onSelect, onTotal, empty }: DeviceTableProps) => {
  const { t } = useTranslation('fleet');
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ first: 0, last: 0 });
  const rows = useDeviceRows(filter, range.first, range.last);
  const statusOf = useLiveStatus();
  const types = useDeviceTypes();
  const placeName = usePlaceName();
  const rowHeight = useRowHeight();
  const total = rows.total ?? 0;

  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => setRange({ first, last }), [first, last]);
  useEffect(() => onTotal(rows.total), [onTotal, rows.total]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured anew
  useEffect(() => virtualizer.measure(), [rowHeight]);

  const cursor = useCursor(selected, onSelect);
  /** Steps of keys that came before the list did. */
  const early = useRef(0);
  const move = (step: number) => {
    if (total === 0) {
      early.current += step;
      return;
    }
    const at = cursor.current();
    const index = at === undefined ? -1 : rows.indexOf(at);
    const next = Math.max(0, Math.min(total - 1, index < 0 ? first + Math.max(0, step - 1) : index + step));
    const device = rows.row(next);
    virtualizer.scrollToIndex(next);
    if (!device) return;
    cursor.move(device.deviceId);
    // Whoever listens hears the row, and Enter opens it.
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus({ preventScroll: true }),
    );
  };
  const isShown = useRef(false);
  useEffect(() => {
    if (isShown.current || total === 0) return;
    isShown.current = true;
    // Who follows a link sees the row that it names.
    const index = selected === undefined ? -1 : rows.indexOf(selected);
    if (index > 0) virtualizer.scrollToIndex(index);
    if (early.current !== 0) move(early.current);
  });
  useKeys({
    j: () => move(1),
    arrowdown: () => move(1),
    k: () => move(-1),
    arrowup: () => move(-1),
    enter: () => {
      const deviceId = cursor.current();
      if (deviceId !== undefined) void navigate({ to: '/devices/$deviceId', params: { deviceId } });
    },
  });

  return (
    <div className={classes.card}>
      {rows.error ? <LoadFault error={rows.error} onRetry={rows.retry} /> : null}
      <div ref={scroller} className={classes.scroller} data-scroll-restoration-id="fleet">
        <div className={classes.header} aria-hidden="true">
          {columns.map((column) => (
            <span key={column} className={classes[column]}>
              {t(`column.${column}`)}
            </span>
          ))}
        </div>
        <ul className={classes.body} style={{ height: virtualizer.getTotalSize() }} aria-label={t('title')}>
          {items.map(({ index, start }) => {
            const device = rows.row(index);
            const live = device ? statusOf(device) : { status: 'pending' as const, lastSeenAt: null };
            return (
              <DeviceRow
                key={index}
                device={device}
                index={index}
                count={total}
                offset={start}
                typeName={device ? types.nameOf(device.type) : ''}
                placePath={device?.placeId ? placeName(device.placeId) : ''}
                status={live.status}
                lastSeenAt={live.lastSeenAt}
                isSelected={device !== undefined && device.deviceId === selected}
              />
            );
          })}
        </ul>
        {rows.total === 0 ? <div className={classes.empty}>{empty}</div> : null}
      </div>
    </div>
  );
};
