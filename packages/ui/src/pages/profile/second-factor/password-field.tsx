import { PasswordInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { faultOf } from '../../../api/error.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { useHasPassword } from '../accounts/use-links.ts';

interface PasswordFieldProps {
  value: string;
  onChange(value: string): void;
  /** What the server said of it. */
  error: unknown;
}

/** The own password: whoever finds the screen unlocked must not change how to sign in. Who has none must have come just now. */
export const PasswordField = ({ value, onChange, error }: PasswordFieldProps) => {
  const { t } = useTranslation('profile');
  const hasPassword = useHasPassword();
  const isWrong = faultOf(error, '/password') !== undefined;
  if (!hasPassword) {
    return isWrong ? <FormFault>{t('accounts.stale')}</FormFault> : <p className={form.note}>{t('accounts.fresh')}</p>;
  }
  return (
    <PasswordInput
      label={t('password.current')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={isWrong ? t('password.wrong') : null}
      autoComplete="current-password"
      visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
      data-autofocus
      required
    />
  );
};
