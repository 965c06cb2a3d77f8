import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOpenidHash } from '../../../nav/openid-hash.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Card } from '../../../parts/page.tsx';
import rows from '../../../parts/rows.module.css';
import { formatTime } from '../../../time/format.ts';
import { useClockZone } from '../../../time/zone.ts';
import classes from '../profile.module.css';
import { type AccountAction, AccountDialog } from './account-dialog.tsx';
import { useLinks } from './use-links.ts';

/** Accounts elsewhere that sign the viewer in; nothing where there is no provider. */
export const AccountsCard = () => {
  const { t, i18n } = useTranslation('profile');
  const { zone } = useClockZone();
  const client = useQueryClient();
  const [action, setAction] = useState<AccountAction | null>(null);
  const outcome = useOpenidHash();
  const { data, error, refetch } = useLinks();
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  if (!data || (data.items.length === 0 && data.others.length === 0)) return null;
  const moment = (text: string) => formatTime(Date.parse(text), { language: i18n.language, zone, style: 'moment' });
  const said = outcome === null || outcome === 'linked' ? null : outcome;
  return (
    <Card title={t('accounts.title')}>
      {data.items.length === 0 ? <p>{t('accounts.text')}</p> : null}
      {data.items.map(({ id, provider: { name }, createdAt, lastUsedAt }) => (
        <div key={id} className={rows.row}>
          <span className={rows.name}>{name}</span>
          <span className={rows.details}>
            <span>{t('accounts.since', { time: moment(createdAt) })}</span>
            <span>{lastUsedAt ? t('accounts.used', { time: moment(lastUsedAt) }) : t('accounts.neverUsed')}</span>
          </span>
          <Button
            size="xs"
            className={rows.end}
            aria-label={t('accounts.unlinkNamed', { name })}
            onClick={() => setAction({ kind: 'unlink', id, name })}
          >
            {t('accounts.unlink')}
          </Button>
        </div>
      ))}
      <FormFault>
        {said === null ? null : t(`accounts.${['taken', 'cancelled'].includes(said) ? said : 'failed'}`)}
      </FormFault>
      <div className={form.buttons}>
        <span role="status" className={classes.said}>
          {outcome === 'linked' ? t('accounts.linked') : null}
        </span>
        {data.others.map(({ id, name }) => (
          <Button key={id} onClick={() => setAction({ kind: 'link', id, name })}>
            {t('accounts.link', { name })}
          </Button>
        ))}
      </div>
      {action ? (
        <AccountDialog
          action={action}
          onClose={() => {
            setAction(null);
            void client.invalidateQueries({ queryKey: ['openid-links'] });
          }}
        />
      ) : null}
    </Card>
  );
};
