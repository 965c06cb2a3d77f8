import { Button, Skeleton } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError } from '../../../api/error.ts';
import { useMay, useSession } from '../../../api/session.tsx';
import { keepPerson, nameOfPerson, personQuery } from '../../../data/people.ts';
import { FormFault } from '../../../parts/form-fault.tsx';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Card, Page } from '../../../parts/page.tsx';
import { Age } from '../../../time/age.tsx';
import { AdministrationTabs } from '../administration-tabs.tsx';
import { DeletePersonDialog } from './delete-person-dialog.tsx';
import { EffectiveCard } from './effective-card.tsx';
import { ErasePersonDialog } from './erase-person-dialog.tsx';
import classes from './people.module.css';
import { PersonForm } from './person-form.tsx';
import { PersonStatus } from './person-status.tsx';
import { RolesForm } from './roles-form.tsx';
import { SessionsCard } from './sessions-card.tsx';
import { useFaultText } from './use-fault-text.ts';
import { WayInCard } from './way-in-card.tsx';

/** One person: who it is, the roles held, what follows from them. */
const PersonPage = ({ id }: { id: string }) => {
  const { t } = useTranslation('people');
  const client = useQueryClient();
  const isMe = useSession().user?.id === id;
  const mayChange = useMay('user:write');
  const mayErase = useMay('organization:own');
  const text = useFaultText('lastOwner');
  const [asked, setAsked] = useState<'delete' | 'erase'>();
  const { data: person, error, refetch } = useQuery(personQuery(id));

  const turn = useMutation({
    mutationFn: ({ version, status }: { version: number; status: 'active' | 'disabled' }) =>
      call(routes.users.update, { params: { id }, ifMatch: version, body: { status } }),
    onSuccess: (saved) => keepPerson(client, saved),
    onError: (refusal) => {
      if (refusal instanceof ApiError && refusal.status === 412) void refetch();
    },
  });

  if (!person) {
    return (
      <Page title={t('title')}>
        <AdministrationTabs />
        {error ? <LoadFault error={error} onRetry={refetch} /> : <Skeleton height={240} />}
      </Page>
    );
  }
  const isOff = person.status === 'disabled';
  return (
    <Page
      title={nameOfPerson(person)}
      note={<PersonStatus person={person} />}
      actions={
        mayChange && !isMe ? (
          <>
            <Button
              loading={turn.isPending}
              onClick={() => turn.mutate({ version: person.version, status: isOff ? 'active' : 'disabled' })}
            >
              {t(isOff ? 'enable' : 'disable')}
            </Button>
            <Button onClick={() => setAsked('delete')}>{t('delete.do')}</Button>
            {mayErase && isOff ? <Button onClick={() => setAsked('erase')}>{t('erase.do')}</Button> : null}
          </>
        ) : null
      }
    >
      <AdministrationTabs />
      <p className={classes.facts}>
        <Link to="/administration/people" className={classes.back}>
          {t('all')}
        </Link>
        <span>
          {t('column.signIn')}{' '}
          <Age
            ts={person.lastSignInAt === null ? null : Date.parse(person.lastSignInAt)}
            ago={person.lastSignInAt !== null}
          />
        </span>
        <span>{t(person.emailVerified ? 'verified' : 'unverified')}</span>
        {isOff ? <span>{t('disabledText')}</span> : null}
        {isMe ? <span>{t('you')}</span> : null}
      </p>
      <FormFault>{turn.error ? text(turn.error) : null}</FormFault>
      <div className={classes.columns}>
        <div className={classes.column}>
          <Card title={t('person')}>
            <PersonForm person={person} mayChange={mayChange} />
          </Card>
          <Card title={t('roles.title')}>
            <RolesForm person={person} mayChange={mayChange} />
          </Card>
          <WayInCard person={person} mayChange={mayChange && !isMe} />
          <SessionsCard person={person} mayChange={mayChange && !isMe} />
        </div>
        <EffectiveCard id={id} />
      </div>
      {asked === 'delete' ? <DeletePersonDialog person={person} onClose={() => setAsked(undefined)} /> : null}
      {asked === 'erase' ? <ErasePersonDialog person={person} onClose={() => setAsked(undefined)} /> : null}
    </Page>
  );
};

export default PersonPage;
