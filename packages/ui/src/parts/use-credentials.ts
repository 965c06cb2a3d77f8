import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, codeOf, faultOf } from '../api/error.ts';
import { useSession } from '../api/session.tsx';
import { useErrorText } from './error-text.ts';
import { useCountdown } from './use-countdown.ts';

/** A password, and a code once the server asked for one, on their way to signing somebody in. */
export const useCredentials = (onSignedIn?: () => void) => {
  const { t } = useTranslation('signIn');
  const { signIn } = useSession();
  const text = useErrorText();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [codeAsked, setCodeAsked] = useState(false);
  const [wait, startWait] = useCountdown();
  const attempt = useMutation({
    mutationFn: (who: { username: string; organization?: string }) =>
      signIn({ ...who, password, ...(codeAsked && code.trim() !== '' ? { code: code.trim() } : {}) }),
    ...(onSignedIn && { onSuccess: onSignedIn }),
    onError: (error) => {
      if (faultOf(error, '/code')) setCodeAsked(true);
      if (error instanceof ApiError && error.status === 429) startWait(error.retryAfter ?? 5);
    },
  });

  const { error } = attempt;
  const fault = (() => {
    if (!error || attempt.isPending) return null;
    if (error instanceof ApiError && error.status === 429) return wait > 0 ? t('throttled', { count: wait }) : null;
    // that one is needed is no fault: the field that appears says it
    if (faultOf(error, '/code')) return codeOf(error, '/code') === 'code-needed' ? null : t('wrongCode');
    if (error instanceof ApiError && (error.status === 401 || error.status === 422)) return t('wrong');
    return text(error);
  })();

  return {
    fields: { password, setPassword, code, setCode, codeAsked },
    /** Another person may have no second factor. */
    forgetCode: () => setCodeAsked(false),
    fault,
    hasFailed: error !== null,
    /** The name or the password, but not the code. */
    isWrong: error instanceof ApiError && error.status === 401 && !attempt.isPending && !faultOf(error, '/code'),
    isPending: attempt.isPending,
    isWaiting: wait > 0,
    submit: (who: { username: string; organization?: string }) => {
      if (wait === 0 && who.username !== '' && password !== '') attempt.mutate(who);
    },
  };
};
