import { Button, Skeleton } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { nameOfPerson, personSessions } from '../../../data/people.ts';
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx';
import form from '../../../parts/form.module.css';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Card } from '../../../parts/page.tsx';
import { SessionList } from '../../../parts/sessions/session-list.tsx';
import classes from './people.module.css';

/** Where a person is signed in: each to be ended, or all of them. */
export const SessionsCard = ({ person, mayChange }: { person: Person; mayChange: boolean }) => {
  const { t } = useTranslation('people');
  const [isAsking, setAsking] = useState(false);
  const { id } = person;
  const query = personSessions(id);
  const { data, error, refetch } = useQuery(query);
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  const sessions = data?.items ?? [];
  const name = nameOfPerson(person);
  return (
    <Card title={t('sessions.title')}>
      {data ? null : <Skeleton height={80} />}
      {data && sessions.length === 0 ? <p className={classes.quiet}>{t('sessions.none')}</p> : null}
      <SessionList
        sessions={sessions}
        label={t('sessions.title')}
        end={
          mayChange ? ({ id: sessionId }) => call(routes.users.endSession, { params: { id, sessionId } }) : undefined
        }
        queryKey={query.queryKey}
      />
      {mayChange && sessions.length > 0 ? (
        <div className={form.buttons}>
          <Button onClick={() => setAsking(true)}>{t('sessions.everywhere')}</Button>
        </div>
      ) : null}
      {isAsking ? (
        <ConfirmDialog
          title={t('sessions.everywhereTitle', { name })}
          text={t('sessions.everywhereText')}
          action={t('sessions.everywhere')}
          queryKey={query.queryKey}
          act={() => call(routes.users.endSessions, { params: { id } })}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Card>
  );
};
