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
import { CopyLine } from '../../device/copy-line.tsx';
import { useHasPassword } from '../accounts/use-links.ts';
import { BackupCodes } from './backup-codes.tsx';
import { CodeField } from './code-field.tsx';
import { PasswordField } from './password-field.tsx';
import classes from './second-factor.module.css';

/** What belongs to a field is said there. */
const atField = (error: unknown) => error instanceof ApiError && error.status === 422;

/** Password, then the QR code and a code of the authenticator, then the backup codes. */
export const SetupDialog = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('profile');
  const common = useTranslation().t;
  const text = useErrorText();
  const hasPassword = useHasPassword();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const setup = useMutation({
    mutationFn: () => call(routes.secondFactor.setup, { body: hasPassword ? { password } : {} }),
  });
  const confirm = useMutation({
    mutationFn: () => call(routes.secondFactor.confirm, { body: { code: code.trim() } }),
  });
  const step = confirm.data ? 'codes' : setup.data ? 'confirm' : 'password';
  const asked = step === 'password' ? setup : confirm;
  const isReady = step === 'password' ? password !== '' || !hasPassword : code.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !asked.isPending) asked.mutate();
  };
  return (
    <Dialog onClose={onClose} title={t('factor.setupTitle')} size={480} keep={step === 'codes'}>
      {confirm.data ? (
        <BackupCodes codes={confirm.data.backupCodes} onKept={onClose} />
      ) : (
        <form className={form.form} noValidate onSubmit={submit}>
          {setup.data ? (
            <>
              <p>{t('factor.scan')}</p>
              <img
                className={classes.qr}
                src={`data:image/svg+xml,${encodeURIComponent(setup.data.qr)}`}
                alt={t('factor.qr')}
              />
              <CopyLine
                label={t('factor.secret')}
                text={setup.data.secret}
                shown={setup.data.secret.replace(/.{4}(?=.)/g, '$& ')}
              />
              <CodeField value={code} onChange={setCode} error={confirm.error} hint={t('factor.firstCode')} />
            </>
          ) : (
            <>
              <p>{t('factor.setupText')}</p>
              <PasswordField value={password} onChange={setPassword} error={setup.error} />
            </>
          )}
          <FormFault>{asked.error && !atField(asked.error) ? text(asked.error) : null}</FormFault>
          <div className={form.buttons}>
            <Button onClick={onClose}>{common('cancel')}</Button>
            <Button type="submit" variant="filled" loading={asked.isPending} disabled={!isReady}>
              {t(step === 'password' ? 'factor.next' : 'factor.confirm')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
};
