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
import { useFaultText } from './use-fault-text.ts';

/** Asks once, by name, before a person is deleted. */
export const DeletePersonDialog = ({ person, onClose }: { person: Person; onClose(): void }) => {
  const { t } = useTranslation('people');
  const common = useTranslation().t;
  const text = useFaultText('lastOwner');
  const client = useQueryClient();
  const navigate = useNavigate();
  const name = nameOfPerson(person);
  const remove = useMutation({
    mutationFn: () => call(routes.users.delete, { params: { id: person.id } }),
    onSuccess: async () => {
      await navigate({ to: '/administration/people' });
      client.removeQueries({ queryKey: ['people', 'one', person.id] });
      await Promise.all([['people', 'list'], ['roles']].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
  return (
    <Dialog onClose={onClose} title={t('delete.title', { name })} size={440}>
      <div className={form.form}>
        <p>{t('delete.text')}</p>
        <FormFault>{remove.error ? text(remove.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('delete.confirm', { name })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
