import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../parts/dialog.tsx';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';

interface RevokeDialogProps {
  /** What it is called. */
  name: string;
  /** What ends with it. */
  text: string;
  /** The list that it stands in. */
  queryKey: readonly string[];
  revoke(): Promise<unknown>;
  onClose(): void;
}

/** Asks once, by name, before a credential ends. */
export const RevokeDialog = ({ name, text, queryKey, revoke, onClose }: RevokeDialogProps) => {
  const { t } = useTranslation('administration');
  const common = useTranslation().t;
  const errorText = useErrorText();
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: revoke,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey });
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t('revoke.title', { name })} size={440}>
      <div className={form.form}>
        <p>{text}</p>
        <FormFault>{error ? errorText(error) : null}</FormFault>
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
