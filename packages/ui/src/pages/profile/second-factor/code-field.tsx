import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { faultOf } from '../../../api/error.ts';

interface CodeFieldProps {
  value: string;
  onChange(value: string): void;
  /** What the server said of it. */
  error: unknown;
  hint: string;
}

/** A code of the authenticator. */
export const CodeField = ({ value, onChange, error, hint }: CodeFieldProps) => {
  const { t } = useTranslation('profile');
  return (
    <TextInput
      label={t('factor.code')}
      description={hint}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={faultOf(error, '/code') === undefined ? null : t('factor.wrongCode')}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={20}
      required
    />
  );
};
