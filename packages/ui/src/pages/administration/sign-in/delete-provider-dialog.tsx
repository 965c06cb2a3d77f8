import { Button } from '@mantine/core';
import type { IdentityProvider } from '@muster/contract/openid';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';

/** Asks once, by name, before a provider goes. */
export const DeleteProviderDialog = ({ provider, onClose }: { provider: IdentityProvider; onClose(): void }) => {
  const { t } = useTranslation('providers');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => call(routes.identityProviders.delete, { params: { id: provider.id } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['identity-providers'] });
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t('deleteTitle', { name: provider.name })} size={440}>
      <div className={form.form}>
        <p>{t('deleteText')}</p>
        <FormFault>{error ? text(error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={isPending} onClick={() => mutate()}>
            {t('delete')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
