import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/error.ts';
import { useFaultText } from './use-fault-text.ts';

/** Says why somebody was not helped back in. */
export const useWayInFault = (): ((error: unknown) => string) => {
  const { t } = useTranslation('people');
  const text = useFaultText('noLink');
  return (error) => (error instanceof ApiError && error.status === 429 ? t('fault.often') : text(error));
};
