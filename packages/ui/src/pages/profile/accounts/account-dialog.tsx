import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError, faultOf } from '../../../api/error.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { PasswordField } from '../second-factor/password-field.tsx';
import { useHasPassword } from './use-links.ts';

/** `link`: `id` is a provider's; `unlink`: a link's. */
export interface AccountAction {
  kind: 'link' | 'unlink';
  id: string;
  name: string;
}

interface AccountDialogProps {
  action: AccountAction;
  onClose(): void;
}

/** Links an account, which leads to the provider and back, or forgets one: with the password, where there is one. */
export const AccountDialog = ({ action: { kind, id, name }, onClose }: AccountDialogProps) => {
  const { t } = useTranslation('profile');
  const common = useTranslation().t;
  const text = useErrorText();
  const hasPassword = useHasPassword();
  const [password, setPassword] = useState('');
  const [isLeaving, setLeaving] = useState(false);
  const isReady = !hasPassword || password !== '';
  const ask = useMutation({
    mutationFn: async () => {
      const input = { params: { id }, body: hasPassword ? { password } : {} };
      if (kind === 'link') return (await call(routes.openid.link, input)).location;
      await call(routes.openid.unlink, input);
      return null;
    },
    onSuccess: (there) => {
      if (there === null) return onClose();
      setLeaving(true);
      location.assign(there);
    },
  });
  const { error, isPending } = ask;
  const isAtField = faultOf(error, '/password') !== undefined;
  const fault = error instanceof ApiError && error.status === 409 ? t('accounts.onlyWay') : error ? text(error) : null;
  return (
    <Dialog onClose={onClose} title={t(`accounts.${kind}Title`, { name })} size={480}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (isReady && !isPending) ask.mutate();
        }}
      >
        <p>{t(`accounts.${kind}Text`, { name })}</p>
        <PasswordField value={password} onChange={setPassword} error={error} />
        <FormFault>{isAtField ? null : fault}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="filled" loading={isPending || isLeaving} disabled={!isReady}>
            {kind === 'link' ? t('accounts.link', { name }) : t('accounts.unlink')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
