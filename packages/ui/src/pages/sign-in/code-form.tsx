import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, faultOf } from '../../api/error.ts';
import { finishSignIn } from '../../api/session-store.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import { useCountdown } from '../../parts/use-countdown.ts';

/** The second factor of somebody for whom a provider has vouched a moment ago. */
export const CodeForm = () => {
  const { t } = useTranslation('signIn');
  const text = useErrorText();
  const navigate = useNavigate();
  const [code, setCode] = useState('');
  const [wait, startWait] = useCountdown();
  const attempt = useMutation({
    mutationFn: () => finishSignIn(code.trim()),
    onError: (error) => {
      if (error instanceof ApiError && error.status === 429) startWait(error.retryAfter ?? 5);
    },
  });
  const { error, isPending } = attempt;
  const fault = (() => {
    if (!error || isPending) return null;
    if (error instanceof ApiError && error.status === 429) return wait > 0 ? t('throttled', { count: wait }) : null;
    if (faultOf(error, '/code')) return t('wrongCode');
    if (faultOf(error, '/attempt')) return t('openid.expired');
    return text(error);
  })();
  return (
    <Gate
      title={t('codeTitle')}
      text={t('codeText')}
      onSubmit={() => {
        if (wait === 0 && code.trim() !== '') attempt.mutate();
      }}
    >
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
      <FormFault>{fault}</FormFault>
      <Button type="submit" variant="filled" loading={isPending} disabled={wait > 0}>
        {t('continue')}
      </Button>
      <Button onClick={() => void navigate({ to: '.', search: (before) => before, hash: '', replace: true })}>
        {t('again')}
      </Button>
    </Gate>
  );
};
