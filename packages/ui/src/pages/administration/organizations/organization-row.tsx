import { Button } from '@mantine/core';
import type { OrganizationEntry } from '@muster/contract/organizations';
import { useTranslation } from 'react-i18next';
import { StateShape } from '../../../theme/state-mark.tsx';
import { formatTime } from '../../../time/format.ts';
import { useClockZone } from '../../../time/zone.ts';
import classes from '../credentials.module.css';

/** One organization: its names, how large it is, and whether it is let in. */
export const OrganizationRow = ({ organization, onStatus }: { organization: OrganizationEntry; onStatus(): void }) => {
  const { t, i18n } = useTranslation('organizations');
  const { zone } = useClockZone();
  const { name, slug, status, operates, people, devices } = organization;
  const made = formatTime(Date.parse(organization.createdAt), { language: i18n.language, zone, style: 'moment' });
  const isDisabled = status === 'disabled';
  return (
    <li className={classes.key}>
      <span className={classes.name}>
        <b>{name}</b> <code>{slug}</code>
      </span>
      <span className={classes.details}>
        {isDisabled ? (
          <span data-over="true">
            <StateShape state="warning" /> {t('disabled')}
          </span>
        ) : null}
        {operates ? <span>{t('operates')}</span> : null}
        <span>{t('people', { count: people })}</span>
        <span>{t('devices', { count: devices })}</span>
        <span>{t('made', { time: made })}</span>
      </span>
      {operates ? null : (
        <span className={classes.actions}>
          <Button size="xs" onClick={onStatus} aria-label={t(isDisabled ? 'enable.named' : 'disable.named', { name })}>
            {t(isDisabled ? 'enable.do' : 'disable.do')}
          </Button>
        </span>
      )}
    </li>
  );
};
