import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError } from '../../../api/error.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { useHasPassword } from '../accounts/use-links.ts';
import { BackupCodes } from './backup-codes.tsx';
import { CodeField } from './code-field.tsx';
import { PasswordField } from './password-field.tsx';

interface ConfirmedDialogProps {
  action: 'codes' | 'disable';
  onClose(): void;
}

/** What is done about the second factor once it is there: with the password and a code of it. */
export const ConfirmedDialog = ({ action, onClose }: ConfirmedDialogProps) => {
  const { t } = useTranslation('profile');
  const common = useTranslation().t;
  const text = useErrorText();
  const hasPassword = useHasPassword();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const isReady = (password !== '' || !hasPassword) && code.trim() !== '';
  const ask = useMutation({
    mutationFn: async () => {
      const body = { ...(hasPassword ? { password } : {}), code: code.trim() };
      if (action === 'codes') return (await call(routes.secondFactor.renewBackupCodes, { body })).backupCodes;
      await call(routes.secondFactor.disable, { body });
      return null;
    },
    onSuccess: (codes) => {
      if (codes === null) onClose();
    },
  });
  const { error, data, isPending } = ask;
  const isAtField = error instanceof ApiError && error.status === 422;
  return (
    <Dialog onClose={onClose} title={t(`factor.${action}Title`)} size={480} keep={Boolean(data)}>
      {data ? (
        <BackupCodes codes={data} onKept={onClose} />
      ) : (
        <form
          className={form.form}
          noValidate
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            if (isReady && !isPending) ask.mutate();
          }}
        >
          <p>{t(`factor.${action}Text`)}</p>
          <PasswordField value={password} onChange={setPassword} error={error} />
          <CodeField value={code} onChange={setCode} error={error} hint={t('factor.codeHint')} />
          <FormFault>{error && !isAtField ? text(error) : null}</FormFault>
          <div className={form.buttons}>
            <Button onClick={onClose}>{common('cancel')}</Button>
            <Button
              type="submit"
              variant="filled"
              {...(action === 'disable' ? { color: 'critical' } : {})}
              loading={isPending}
              disabled={!isReady}
            >
              {t(action === 'disable' ? 'factor.disable' : 'factor.newCodes')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
};
