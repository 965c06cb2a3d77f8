import { Button } from '@mantine/core';
import type { ApiKey } from '@muster/contract/api-keys';
import { useTranslation } from 'react-i18next';
import { usePlaceName } from '../../../data/places.ts';
import { StateShape } from '../../../theme/state-mark.tsx';
import { Age } from '../../../time/age.tsx';
import { formatTime } from '../../../time/format.ts';
import { useClockZone } from '../../../time/zone.ts';
import classes from '../credentials.module.css';

interface KeyRowProps {
  apiKey: ApiKey;
  mayChange: boolean;
  onAction(kind: 'rotate' | 'revoke'): void;
}

/** One key: how it begins, what it may and where, since when and until when, and who used it last. */
export const KeyRow = ({ apiKey, mayChange, onAction }: KeyRowProps) => {
  const { t, i18n } = useTranslation('apiKeys');
  const { zone } = useClockZone();
  const placeName = usePlaceName();
  const { name, hint, permissions, placeId, deviceId, createdBy, lastUsedAt, lastAddress } = apiKey;
  const moment = (text: string) => formatTime(Date.parse(text), { language: i18n.language, zone, style: 'moment' });
  const where = placeId ? placeName(placeId) : (deviceId ?? t('everywhere'));
  const isOver = apiKey.expiresAt !== null && Date.parse(apiKey.expiresAt) <= Date.now();
  return (
    <li className={classes.key}>
      <span className={classes.name}>
        <b>{name}</b> <code>{hint}…</code>
      </span>
      <span className={classes.details}>
        <span title={permissions.join('\n')}>{t('permissions', { count: permissions.length })}</span>
        <span>{where}</span>
        <span>{t('madeBy', { name: createdBy, time: moment(apiKey.createdAt) })}</span>
        {apiKey.expiresAt ? (
          <span data-over={isOver}>
            {isOver ? <StateShape state="warning" /> : null}{' '}
            {t(isOver ? 'over' : 'expires', { time: moment(apiKey.expiresAt) })}
          </span>
        ) : null}
        {apiKey.oldEndsAt ? <span>{t('oldUntil', { time: moment(apiKey.oldEndsAt) })}</span> : null}
        <span>
          {lastUsedAt === null ? t('neverUsed') : t('used', { address: lastAddress ?? '' })}{' '}
          {lastUsedAt === null ? null : <Age ts={Date.parse(lastUsedAt)} ago />}
        </span>
      </span>
      {mayChange ? (
        <span className={classes.actions}>
          <Button size="xs" onClick={() => onAction('rotate')} aria-label={t('rotate.named', { name })}>
            {t('rotate.do')}
          </Button>
          <Button size="xs" onClick={() => onAction('revoke')} aria-label={t('revoke.named', { name })}>
            {t('revoke.do')}
          </Button>
        </span>
      ) : null}
    </li>
  );
};
