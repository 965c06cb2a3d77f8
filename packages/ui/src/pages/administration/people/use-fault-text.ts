import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/error.ts';
import { useErrorText } from '../../../parts/error-text.ts';

/**
 * Says why the server refused a change of a person.
 * @param conflict what a 409 means here: the user name or the mail address is taken, nobody would own the organization, he may sign in, or no link reaches him
 */
export const useFaultText = (conflict: 'taken' | 'lastOwner' | 'active' | 'noLink'): ((error: unknown) => string) => {
  const { t } = useTranslation('people');
  const text = useErrorText();
  return (error) => {
    if (!(error instanceof ApiError)) return text(error);
    if (error.status === 403) return t('fault.more');
    if (error.status === 409) return t(`fault.${conflict}`);
    return text(error);
  };
};
