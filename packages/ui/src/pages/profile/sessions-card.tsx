import { Button, Skeleton } from '@mantine/core';
import type { Session } from '@muster/contract/identity';
import { routes } from '@muster/contract/routes';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
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
import { Age } from '../../time/age.tsx';
import { formatTime } from '../../time/format.ts';
import { useClockZone } from '../../time/zone.ts';
import classes from './profile.module.css';
import { readUserAgent } from './user-agent.ts';

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
      <ul aria-label={t('sessions.title')}>
        {data?.items.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      <div className={form.buttons}>
        <Button color="critical" onClick={() => setAsking(true)}>
          {t('sessions.everywhere')}
        </Button>
      </div>
      {isAsking ? <EverywhereDialog onClose={() => setAsking(false)} /> : null}
    </Card>
  );
};

const SessionRow = ({ session }: { session: Session }) => {
  const { t, i18n } = useTranslation('profile');
  const { zone } = useClockZone();
  const client = useQueryClient();
  const text = useErrorText();
  const end = useMutation({
    mutationFn: () => call(routes.identity.endSession, { params: { id: session.id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const { browser, system } = readUserAgent(session.userAgent);
  const name = browser && system ? t('sessions.on', { browser, system }) : (browser ?? system ?? t('sessions.unknown'));
  const since = formatTime(Date.parse(session.createdAt), { language: i18n.language, zone, style: 'moment' });
  return (
    <li className={classes.session}>
      <span className={classes.program} title={session.userAgent}>
        {name}
        {session.current ? <span className={classes.this}>{t('sessions.this')}</span> : null}
      </span>
      <span className={classes.details}>
        <span>{session.address}</span>
        <span>
          {t('sessions.used')} <Age ts={Date.parse(session.lastUsedAt)} ago />
        </span>
        <span>{t('sessions.since', { time: since })}</span>
      </span>
      {session.current ? null : (
        <Button
          className={classes.end ?? ''}
          size="xs"
          loading={end.isPending}
          onClick={() => end.mutate()}
          aria-label={t('sessions.endNamed', { name })}
        >
          {t('sessions.end')}
        </Button>
      )}
      <FormFault>{end.error ? text(end.error) : null}</FormFault>
    </li>
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
