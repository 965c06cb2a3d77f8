import { VisuallyHidden } from '@mantine/core';
import type { Device } from '@muster/contract/devices';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, memo } from 'react';
import { useTranslation } from 'react-i18next';
import { StateMark, type Status } from '../../theme/state-mark.tsx';
import { Age } from '../../time/age.tsx';
import classes from './device-table.module.css';

interface DeviceRowProps {
  /** Undefined: on its way. */
  device: Device | undefined;
  index: number;
  /** How many there are in all. */
  count: number;
  offset: number;
  typeName: string;
  placePath: string;
  status: Status;
  lastSeenAt: number | null;
  isSelected: boolean;
}

/** One device of the list. The whole row is the link to it. */
export const DeviceRow = memo(
  ({ device, index, count, offset, typeName, placePath, status, lastSeenAt, isSelected }: DeviceRowProps) => {
    const { t } = useTranslation('fleet');
    const style: CSSProperties = { transform: `translateY(${offset}px)` };
    if (!device) {
      return (
        <li className={classes.row} style={style} aria-busy="true">
          <span className={classes.coming} />
        </li>
      );
    }
    return (
      <li
        className={classes.row}
        style={style}
        aria-posinset={index + 1}
        aria-setsize={count}
        data-selected={isSelected}
        data-index={index}
      >
        <span className={classes.device}>
          <Link
            to="/devices/$deviceId"
            params={{ deviceId: device.deviceId }}
            className={classes.link}
            aria-current={isSelected ? 'true' : undefined}
          >
            {device.name}
          </Link>
          {device.name === device.deviceId ? null : <span className={classes.id}>{device.deviceId}</span>}
        </span>
        <span className={classes.type}>{typeName}</span>
        <span className={classes.place} title={placePath}>
          {placePath}
        </span>
        <span className={classes.status}>
          <StateMark status={status} />
        </span>
        <span className={classes.seen}>
          <VisuallyHidden>{t('column.seen')} </VisuallyHidden>
          <Age ts={lastSeenAt} />
        </span>
      </li>
    );
  },
);
