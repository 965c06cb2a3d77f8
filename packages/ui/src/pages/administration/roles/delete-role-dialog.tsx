import { Button } from '@mantine/core';
import type { Role } from '@muster/contract/access';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError } from '../../../api/error.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';

interface DeleteRoleDialogProps {
  role: Role;
  onDeleted(): void;
  onClose(): void;
}

/** Asks once, by name, before a role is deleted. */
export const DeleteRoleDialog = ({ role, onDeleted, onClose }: DeleteRoleDialogProps) => {
  const { t } = useTranslation('roles');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call(routes.access.deleteRole, { params: { id: role.id } }),
    onSuccess: async () => {
      onDeleted();
      await client.invalidateQueries({ queryKey: ['roles'] });
    },
  });
  const { error } = remove;
  const isHeld = error instanceof ApiError && error.status === 409;
  return (
    <Dialog onClose={onClose} title={t('delete.title', { name: role.name })} size={440}>
      <div className={form.form}>
        <p>{t('delete.text')}</p>
        <FormFault>{error ? (isHeld ? t('delete.held') : text(error)) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('delete.confirm', { name: role.name })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
