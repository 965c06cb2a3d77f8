import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { nameOfPerson, personQuery, readPersonAnew } from '../../../data/people.ts';
import { useSendsMail } from '../../../data/setup.ts';
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx';
import { Fact, Facts } from '../../../parts/facts.tsx';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { Card } from '../../../parts/page.tsx';
import { NewPasswordDialog } from './new-password-dialog.tsx';
import classes from './people.module.css';
import { useWayInFault } from './use-way-in-fault.ts';

/** What a person proves himself with, and the way back in for who lost it. */
export const WayInCard = ({ person, mayChange }: { person: Person; mayChange: boolean }) => {
  const { t } = useTranslation('people');
  const client = useQueryClient();
  const text = useWayInFault();
  const sendsMail = useSendsMail();
  const [asked, setAsked] = useState<'password' | 'factor'>();
  const { id, secondFactor } = person;
  const { authenticator, passkeys } = secondFactor;
  const name = nameOfPerson(person);
  const send = useMutation({
    mutationFn: () => call(routes.users.resetPassword, { params: { id }, body: { way: 'link' } }),
  });
  const mayRemove = authenticator || passkeys > 0;
  return (
    <Card title={t('wayIn.title')}>
      <Facts>
        <Fact name={t('wayIn.authenticator')} value={t(authenticator ? 'wayIn.on' : 'wayIn.off')} />
        <Fact name={t('wayIn.passkeys')} value={passkeys === 0 ? t('wayIn.noPasskeys') : String(passkeys)} />
      </Facts>
      {mayChange ? (
        <div className={`${form.form} ${classes.wayIn}`}>
          <p role="status" className={classes.quiet}>
            {send.isSuccess ? t('wayIn.sent', { email: person.email }) : t('wayIn.text')}
          </p>
          <FormFault>{send.error && !send.isPending ? text(send.error) : null}</FormFault>
          <div className={form.buttons}>
            {mayRemove ? <Button onClick={() => setAsked('factor')}>{t('wayIn.remove')}</Button> : null}
            <Button onClick={() => setAsked('password')}>{t('wayIn.password')}</Button>
            {sendsMail ? (
              <Button loading={send.isPending} disabled={send.isSuccess} onClick={() => send.mutate()}>
                {t('wayIn.link')}
              </Button>
            ) : null}
          </div>
        </div>
      ) : null}
      {asked === 'password' ? <NewPasswordDialog person={person} onClose={() => setAsked(undefined)} /> : null}
      {asked === 'factor' ? (
        <ConfirmDialog
          title={t('wayIn.removeTitle', { name })}
          text={t('wayIn.removeText')}
          action={t('wayIn.removeConfirm', { name })}
          queryKey={personQuery(id).queryKey}
          faultText={text}
          act={async () => {
            await call(routes.users.removeSecondFactor, { params: { id } });
            await readPersonAnew(client, id);
          }}
          onClose={() => setAsked(undefined)}
        />
      ) : null}
    </Card>
  );
};
