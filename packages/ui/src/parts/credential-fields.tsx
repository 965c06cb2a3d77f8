import { PasswordInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface CredentialFieldsProps {
  password: string;
  setPassword(password: string): void;
  code: string;
  setCode(code: string): void;
  codeAsked: boolean;
  /** The password is where a dialog begins. */
  isFirst?: boolean;
}

/** A password, and the code of an authenticator where one is asked for. */
export const CredentialFields = (props: CredentialFieldsProps) => {
  const { password, setPassword, code, setCode, codeAsked, isFirst } = props;
  const { t } = useTranslation('signIn');
  return (
    <>
      <PasswordInput
        label={t('password')}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        required
        visibilityToggleButtonProps={{ 'aria-label': t('show') }}
        {...(isFirst ? { 'data-autofocus': true } : {})}
      />
      {codeAsked ? (
        <TextInput
          label={t('code')}
          description={t('codeHint')}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={20}
          required
          autoFocus
        />
      ) : null}
    </>
  );
};
