import { PasswordInput } from '@mantine/core';
import type { PasswordRule } from '@muster/contract/schema';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { faultOf } from '../../api/error.ts';
import { PasswordStrength } from '../setup/password-strength.tsx';

interface NewPasswordFieldProps {
  value: string;
  onChange(value: string): void;
  /** What the server said about it. */
  error: unknown;
  /** Absent: the link does not say whose it is. */
  rule?: PasswordRule;
  firstField?: RefObject<HTMLInputElement | null>;
}

/** A password to be, and how good it is. */
export const NewPasswordField = ({ value, onChange, error, rule, firstField }: NewPasswordFieldProps) => {
  const { t } = useTranslation('links');
  const refusal = faultOf(error, '/password');
  return (
    <>
      <PasswordInput
        label={t('password')}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        autoComplete="new-password"
        error={refusal}
        visibilityToggleButtonProps={{ 'aria-label': t('show') }}
        aria-describedby="password-strength"
        ref={firstField}
        required
      />
      <PasswordStrength id="password-strength" password={value} rule={rule ?? null} isRefused={refusal !== undefined} />
    </>
  );
};
