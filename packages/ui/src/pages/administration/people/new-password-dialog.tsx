import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { nameOfPerson, readPersonAnew } from '../../../data/people.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { CopyLine } from '../../device/copy-line.tsx';
import classes from './people.module.css';
import { useWayInFault } from './use-way-in-fault.ts';

/** Asks by name, then has the server make a first password and shows it, once. */
export const NewPasswordDialog = ({ person, onClose }: { person: Person; onClose(): void }) => {
  const { t } = useTranslation('people');
  const common = useTranslation().t;
  const text = useWayInFault();
  const client = useQueryClient();
  const { id, username } = person;
  const toCopy = useRef<HTMLDivElement>(null);
  const make = useMutation({
    mutationFn: () => call(routes.users.resetPassword, { params: { id }, body: { way: 'password' } }),
    onSuccess: () => readPersonAnew(client, id),
    // what was shown once is kept nowhere
    gcTime: 0,
  });
  const password = make.data?.password;
  useEffect(() => {
    if (password) toCopy.current?.querySelector('button')?.focus();
  }, [password]);
  const name = nameOfPerson(person);
  if (!password) {
    return (
      <Dialog onClose={onClose} title={t('wayIn.passwordTitle', { name })} size={480}>
        <div className={form.form}>
          <p>{t('wayIn.passwordText')}</p>
          <FormFault>{make.error ? text(make.error) : null}</FormFault>
          <div className={form.buttons}>
            <Button onClick={onClose} data-autofocus>
              {common('cancel')}
            </Button>
            <Button variant="filled" loading={make.isPending} onClick={() => make.mutate()}>
              {t('wayIn.passwordConfirm')}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog onClose={onClose} title={t('wayIn.passwordDone', { name })} size={520} keep>
      <div className={form.form}>
        <p>{t('added.text')}</p>
        <div className={classes.copy}>
          <span>{t('field.username')}</span>
          <CopyLine text={username} label={t('field.username')} />
        </div>
        <div ref={toCopy} className={classes.copy}>
          <span>{t('field.password')}</span>
          <CopyLine text={password} label={t('field.password')} />
        </div>
        <div className={form.buttons}>
          <Button variant="filled" onClick={onClose}>
            {t('added.kept')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
