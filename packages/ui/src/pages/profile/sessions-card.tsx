import { Button, Skeleton } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { signOutEverywhere } from '../../api/session-store.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Card } from '../../parts/page.tsx';
import { SessionList } from '../../parts/sessions/session-list.tsx';

const REFRESH_MS = 30_000;

/** Where the signed-in person is signed in, each to be ended. */
export const SessionsCard = () => {
  const { t } = useTranslation('profile');
  const [isAsking, setAsking] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => call(routes.identity.sessions, { signal }),
    refetchInterval: REFRESH_MS,
  });
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  return (
    <Card title={t('sessions.title')}>
      {data ? null : <Skeleton height={80} />}
      <SessionList
        sessions={data?.items ?? []}
        label={t('sessions.title')}
        end={({ id }) => call(routes.identity.endSession, { params: { id } })}
        queryKey={['sessions']}
      />
      <div className={form.buttons}>
        <Button onClick={() => setAsking(true)}>{t('sessions.everywhere')}</Button>
      </div>
      {isAsking ? <EverywhereDialog onClose={() => setAsking(false)} /> : null}
    </Card>
  );
};

const EverywhereDialog = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('profile');
  const common = useTranslation().t;
  const text = useErrorText();
  const everywhere = useMutation({ mutationFn: signOutEverywhere });
  return (
    <Dialog onClose={onClose} title={t('sessions.everywhereTitle')} size={420}>
      <div className={form.form}>
        <p>{t('sessions.everywhereText')}</p>
        <FormFault>{everywhere.error ? text(everywhere.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={everywhere.isPending} onClick={() => everywhere.mutate()}>
            {t('sessions.everywhere')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
