import { PasswordInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { faultOf } from '../../../api/error.ts';

interface PasswordFieldProps {
  value: string;
  onChange(value: string): void;
  /** What the server said of it. */
  error: unknown;
}

/** The own password: whoever finds the screen unlocked must not change how to sign in. */
export const PasswordField = ({ value, onChange, error }: PasswordFieldProps) => {
  const { t } = useTranslation('profile');
  return (
    <PasswordInput
      label={t('password.current')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={faultOf(error, '/password') === undefined ? null : t('password.wrong')}
      autoComplete="current-password"
      visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
      data-autofocus
      required
    />
  );
};
