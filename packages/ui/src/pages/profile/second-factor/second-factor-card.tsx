import { Button, Skeleton } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { Fact, Facts } from '../../../parts/facts.tsx';
import form from '../../../parts/form.module.css';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Card } from '../../../parts/page.tsx';
import { formatTime } from '../../../time/format.ts';
import { useClockZone } from '../../../time/zone.ts';
import { ConfirmedDialog } from './confirmed-dialog.tsx';
import { SetupDialog } from './setup-dialog.tsx';

/** Few enough to make new ones. */
const FEW_CODES = 3;

/** The authenticator of whoever is signed in: set up, put away, and its backup codes. */
export const SecondFactorCard = () => {
  const { t, i18n } = useTranslation('profile');
  const { zone } = useClockZone();
  const client = useQueryClient();
  const [action, setAction] = useState<'setup' | 'codes' | 'disable' | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['second-factor'],
    queryFn: ({ signal }) => call(routes.secondFactor.state, { signal }),
  });
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  const close = () => {
    setAction(null);
    void client.invalidateQueries({ queryKey: ['second-factor'] });
    // beside a second factor a shorter password is enough
    void client.invalidateQueries({ queryKey: ['me'] });
  };
  const since = data?.confirmedAt ? Date.parse(data.confirmedAt) : null;
  return (
    <Card title={t('factor.title')}>
      {data ? null : <Skeleton height={80} />}
      {data && since === null ? <p>{t('factor.text')}</p> : null}
      {data && since !== null ? (
        <Facts>
          <Fact
            name={t('factor.on')}
            value={t('factor.since', { time: formatTime(since, { language: i18n.language, zone, style: 'moment' }) })}
          />
          <Fact
            name={t('factor.codesLeft')}
            value={String(data.backupCodesLeft)}
            severity={data.backupCodesLeft <= FEW_CODES ? 'warning' : null}
          />
        </Facts>
      ) : null}
      <div className={form.buttons}>
        {since === null ? (
          <Button variant="filled" disabled={!data} onClick={() => setAction('setup')}>
            {t('factor.setup')}
          </Button>
        ) : (
          <>
            <Button onClick={() => setAction('disable')}>{t('factor.disable')}</Button>
            <Button onClick={() => setAction('codes')}>{t('factor.newCodes')}</Button>
          </>
        )}
      </div>
      {action === 'setup' ? <SetupDialog onClose={close} /> : null}
      {action === 'codes' || action === 'disable' ? <ConfirmedDialog action={action} onClose={close} /> : null}
    </Card>
  );
};
