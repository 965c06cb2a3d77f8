import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { nameOfPerson } from '../../../data/people.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import classes from './people.module.css';
import { useFaultText } from './use-fault-text.ts';

/** Says what is lost, and asks by name, before what is known of a person is erased. */
export const ErasePersonDialog = ({ person, onClose }: { person: Person; onClose(): void }) => {
  const { t } = useTranslation('people');
  const common = useTranslation().t;
  const text = useFaultText('active');
  const client = useQueryClient();
  const navigate = useNavigate();
  const name = nameOfPerson(person);
  const erase = useMutation({
    mutationFn: () => call(routes.users.erase, { params: { id: person.id } }),
    onSuccess: async () => {
      await navigate({ to: '/administration/people' });
      client.removeQueries({ queryKey: ['people', 'one', person.id] });
      await Promise.all(
        [['people', 'list'], ['roles'], ['audit']].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  });
  return (
    <Dialog onClose={onClose} title={t('erase.title', { name })} size={480}>
      <div className={form.form}>
        <p>{t('erase.text')}</p>
        <strong>{t('erase.lostTitle')}</strong>
        <ul className={classes.lost}>
          <li>{t('erase.lostNames')}</li>
          <li>{t('erase.lostTrail')}</li>
        </ul>
        <p>{t('erase.kept')}</p>
        <FormFault>{erase.error ? text(erase.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={erase.isPending} onClick={() => erase.mutate()}>
            {t('erase.confirm', { name })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
