import { Button } from '@mantine/core';
import type { EnrollmentToken } from '@muster/contract/enrollment';
import { useTranslation } from 'react-i18next';
import { useDeviceTypes } from '../../../data/device-types.ts';
import { usePlaceName } from '../../../data/places.ts';
import { StateShape } from '../../../theme/state-mark.tsx';
import { Age } from '../../../time/age.tsx';
import { formatTime } from '../../../time/format.ts';
import { useClockZone } from '../../../time/zone.ts';
import classes from '../credentials.module.css';

interface TokenRowProps {
  token: EnrollmentToken;
  mayChange: boolean;
  onAction(kind: 'change' | 'revoke'): void;
}

/** One token: how it begins, what it registers and where, how much of it is left, and who used it last. */
export const TokenRow = ({ token, mayChange, onAction }: TokenRowProps) => {
  const { t, i18n } = useTranslation('enrollment');
  const { zone } = useClockZone();
  const placeName = usePlaceName();
  const types = useDeviceTypes();
  const { name, hint, placeId, type, uses, maxUses, createdBy, lastUsedAt, lastAddress } = token;
  const moment = (text: string) => formatTime(Date.parse(text), { language: i18n.language, zone, style: 'moment' });
  const isOver = Date.parse(token.expiresAt) <= Date.now();
  const isUsedUp = uses >= maxUses;
  return (
    <li className={classes.key}>
      <span className={classes.name}>
        <b>{name}</b> <code>{hint}…</code>
      </span>
      <span className={classes.details}>
        <span>{t(isUsedUp ? 'usedUp' : 'uses', { uses, count: maxUses })}</span>
        <span>{type === null ? t('anyType') : types.nameOf(type)}</span>
        <span>{placeId === null ? t('noPlace') : placeName(placeId)}</span>
        <span data-over={isOver}>
          {isOver ? <StateShape state="warning" /> : null}{' '}
          {t(isOver ? 'over' : 'expires', { time: moment(token.expiresAt) })}
        </span>
        <span>{t('madeBy', { name: createdBy, time: moment(token.createdAt) })}</span>
        <span>
          {lastUsedAt === null ? t('neverUsed') : t('used', { address: lastAddress ?? '' })}{' '}
          {lastUsedAt === null ? null : <Age ts={Date.parse(lastUsedAt)} ago />}
        </span>
      </span>
      {mayChange ? (
        <span className={classes.actions}>
          <Button size="xs" onClick={() => onAction('change')} aria-label={t('change.named', { name })}>
            {t('change.do')}
          </Button>
          <Button size="xs" onClick={() => onAction('revoke')} aria-label={t('revoke.named', { name })}>
            {t('revoke.do')}
          </Button>
        </span>
      ) : null}
    </li>
  );
};
