import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error.ts';

const known: ReadonlySet<number> = new Set([0, 401, 403, 404, 412, 413, 429, 503]);

/** Says in the viewer's language what went wrong; what only the server knows stays in its words. */
export const useErrorText = (): ((error: unknown) => string) => {
  const { t } = useTranslation('error');
  return useCallback(
    (error) => {
      if (!(error instanceof ApiError)) return t('unexpected', { detail: error instanceof Error ? error.message : '' });
      const { status, problem, retryAfter } = error;
      if (error.needsStepUp) return t('needsStepUp');
      if ((status === 429 || status === 503) && retryAfter !== null) return t(`${status}-in`, { count: retryAfter });
      if (known.has(status)) return t(String(status));
      return problem?.detail ?? t('refused', { status });
    },
    [t],
  );
};
