import { Button } from '@mantine/core';
import type { Invitation } from '@muster/contract/invitations';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../../../api/client.ts';
import { Dialog } from '../../../../parts/dialog.tsx';
import { useErrorText } from '../../../../parts/error-text.ts';
import form from '../../../../parts/form.module.css';
import { FormFault } from '../../../../parts/form-fault.tsx';

/** Asks once, by address, before an invitation is taken back. */
export const RevokeDialog = ({ invitation, onClose }: { invitation: Invitation; onClose(): void }) => {
  const { t } = useTranslation('invitations');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => call(routes.invitations.revoke, { params: { id: invitation.id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['invitations'] });
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t('revoke.title', { email: invitation.email })} size={440}>
      <div className={form.form}>
        <p>{t('revoke.text')}</p>
        <FormFault>{error ? text(error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={isPending} onClick={() => mutate()}>
            {t('revoke.do')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
