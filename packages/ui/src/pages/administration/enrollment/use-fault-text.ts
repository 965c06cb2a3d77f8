import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/error.ts';
import { useErrorText } from '../../../parts/error-text.ts';

/** Says why the server refused a token: who works in a part of the organization must name a place of it. */
export const useFaultText = (): ((error: unknown) => string) => {
  const { t } = useTranslation('enrollment');
  const text = useErrorText();
  return (error) => (error instanceof ApiError && error.status === 403 ? t('fault.more') : text(error));
};
