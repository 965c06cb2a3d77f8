import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog.tsx';
import { useErrorText } from './error-text.ts';
import form from './form.module.css';
import { FormFault } from './form-fault.tsx';

interface ConfirmDialogProps {
  /** Asks, by name. */
  title: string;
  /** What is lost. */
  text: string;
  /** What the button that does it says. */
  action: string;
  /** The list that it stands in. */
  queryKey: readonly string[];
  act(): Promise<unknown>;
  /** Says a refusal in words of its own. */
  faultText?: (error: unknown) => string;
  onClose(): void;
}

/** Asks once before something ends for good. */
export const ConfirmDialog = ({ title, text, action, queryKey, act, faultText, onClose }: ConfirmDialogProps) => {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey });
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={title} size={440}>
      <div className={form.form}>
        <p>{text}</p>
        <FormFault>{error ? (faultText ?? errorText)(error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button variant="filled" color="critical" loading={isPending} onClick={() => mutate()}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
