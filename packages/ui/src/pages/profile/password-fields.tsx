import { PasswordInput } from '@mantine/core';
import type { User } from '@muster/contract/identity';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { faultOf } from '../../api/error.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import { isGoodEnough, usualRule } from '../setup/password.ts';
import { PasswordStrength } from '../setup/password-strength.tsx';

export interface Passwords {
  /** Empty where there was none. */
  current: string;
  next: string;
}

/** Is it worth asking the server? */
export const isPasswordRight = ({ current, next }: Passwords, user: User | null, hasPassword: boolean): boolean =>
  (current !== '' || !hasPassword) && isGoodEnough(next, user?.passwordRule ?? usualRule);

interface PasswordFieldsProps {
  passwords: Passwords;
  onChange(passwords: Passwords): void;
  /** What the server said about them. */
  error: unknown;
  /** Whose password it is, so that a password manager keeps it with the right name. */
  user: User | null;
  /** False: there was none, and the first one is chosen. */
  hasPassword: boolean;
  firstField?: RefObject<HTMLInputElement | null>;
}

/** The password that was, and the one that is to be. */
export const PasswordFields = (props: PasswordFieldsProps) => {
  const { passwords, onChange, error, user, hasPassword, firstField } = props;
  const { t } = useTranslation('profile');
  const refusal = faultOf(error, '/newPassword');
  const show = { 'aria-label': t('password.show') };
  return (
    <>
      <input type="text" name="username" autoComplete="username" value={user?.username ?? ''} readOnly hidden />
      {hasPassword ? (
        <PasswordInput
          label={t('password.current')}
          value={passwords.current}
          onChange={(event) => onChange({ ...passwords, current: event.currentTarget.value })}
          autoComplete="current-password"
          error={faultOf(error, '/currentPassword') === undefined ? null : t('password.wrong')}
          visibilityToggleButtonProps={show}
          ref={firstField}
          required
        />
      ) : null}
      {!hasPassword && faultOf(error, '/currentPassword') !== undefined ? (
        <FormFault>{t('accounts.stale')}</FormFault>
      ) : null}
      <PasswordInput
        label={t('password.next')}
        value={passwords.next}
        onChange={(event) => onChange({ ...passwords, next: event.currentTarget.value })}
        autoComplete="new-password"
        error={refusal}
        visibilityToggleButtonProps={show}
        aria-describedby="password-strength"
        required
      />
      <PasswordStrength
        id="password-strength"
        password={passwords.next}
        rule={user?.passwordRule ?? null}
        isRefused={refusal !== undefined}
      />
    </>
  );
};
