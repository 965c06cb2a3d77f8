import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error.ts';
import { canUsePasskeys, wasDeclined } from '../api/passkeys.ts';
import { signInWithPasskey } from '../api/session-store.ts';
import { useErrorText } from './error-text.ts';
import { FormFault } from './form-fault.tsx';

/** Signs in with a passkey; nothing where there can be none. */
export const PasskeyButton = ({ onSignedIn }: { onSignedIn?(): void }) => {
  const { t } = useTranslation('signIn');
  const text = useErrorText();
  const attempt = useMutation({
    mutationFn: signInWithPasskey,
    ...(onSignedIn && { onSuccess: onSignedIn }),
  });
  if (!canUsePasskeys()) return null;
  const { error } = attempt;
  const fault = (() => {
    if (!error) return null;
    if (wasDeclined(error)) return t('passkey.declined');
    return error instanceof ApiError && error.status === 401 ? t('passkey.wrong') : text(error);
  })();
  return (
    <>
      <Button loading={attempt.isPending} onClick={() => attempt.mutate()}>
        {t('passkey.use')}
      </Button>
      <FormFault>{fault}</FormFault>
    </>
  );
};
