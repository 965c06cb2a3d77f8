import { useTranslation } from 'react-i18next';
import { wasDeclined, wasKnown } from '../../../api/passkeys.ts';
import { useErrorText } from '../../../parts/error-text.ts';

/** Says why no passkey came of it. */
export const usePasskeyFault = (): ((error: unknown) => string) => {
  const { t } = useTranslation('profile');
  const text = useErrorText();
  return (error) => {
    if (wasDeclined(error)) return t('passkeys.declined');
    return wasKnown(error) ? t('passkeys.known') : text(error);
  };
};
