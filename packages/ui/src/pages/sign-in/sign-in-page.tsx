import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, faultOf } from '../../api/error.ts';
import { useSession } from '../../api/session.tsx';
import { useOpenidHash } from '../../nav/openid-hash.ts';
import type { SignInSearch } from '../../nav/return.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import { CodeForm } from './code-form.tsx';
import { ProviderButtons } from './provider-buttons.tsx';
import { useCountdown } from './use-countdown.ts';

/** What the server says of a sign-in at a provider that did not end well. */
const outcomes = ['refused', 'cancelled', 'away', 'wrong', 'expired', 'throttled'];

/** Signs a person in; the way back to the page that was asked for is the router's. */
const SignInPage = ({ search }: { search: SignInSearch }) => {
  const outcome = useOpenidHash();
  return outcome === 'code' ? <CodeForm /> : <PasswordForm search={search} outcome={outcome} />;
};

interface PasswordFormProps {
  search: SignInSearch;
  /** How a sign-in at a provider ended; null: there was none. */
  outcome: string | null;
}

const PasswordForm = ({ search, outcome }: PasswordFormProps) => {
  const { t } = useTranslation('signIn');
  const { session, signIn } = useSession();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [codeAsked, setCodeAsked] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const text = useErrorText();
  const [wait, startWait] = useCountdown();
  const attempt = useMutation({
    mutationFn: () =>
      signIn({
        username: username.trim(),
        password,
        ...(search.organization === undefined ? {} : { organization: search.organization }),
        ...(codeAsked && code.trim() !== '' ? { code: code.trim() } : {}),
      }),
    onError: (error) => {
      if (faultOf(error, '/code')) setCodeAsked(true);
      if (error instanceof ApiError && error.status === 429) startWait(error.retryAfter ?? 5);
    },
  });

  useEffect(() => first.current?.focus(), []);

  const { error } = attempt;
  const isThrottled = error instanceof ApiError && error.status === 429;
  const fault = (() => {
    if (attempt.isPending) return null;
    if (!error) return outcome !== null && outcomes.includes(outcome) ? t(`openid.${outcome}`) : null;
    if (isThrottled) return wait > 0 ? t('throttled', { count: wait }) : null;
    // that one is needed is no fault: the field that appears says it
    if (faultOf(error, '/code')) return faultOf(error, '/code') === 'is needed' ? null : t('wrongCode');
    if (error instanceof ApiError && (error.status === 401 || error.status === 422)) return t('wrong');
    return text(error);
  })();
  const expired = session.phase === 'signedOut' && session.expired && !error;

  return (
    <Gate
      title={t('title')}
      text={expired ? t('expired') : null}
      onSubmit={() => {
        if (wait === 0 && username.trim() !== '' && password !== '') attempt.mutate();
      }}
    >
      <TextInput
        label={t('username')}
        value={username}
        onChange={(event) => {
          setUsername(event.currentTarget.value);
          // another person may have no second factor
          setCodeAsked(false);
        }}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        ref={first}
      />
      <PasswordInput
        label={t('password')}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        required
        visibilityToggleButtonProps={{ 'aria-label': t('show') }}
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
      <FormFault>{fault}</FormFault>
      <Button type="submit" variant="filled" loading={attempt.isPending} disabled={wait > 0}>
        {t('submit')}
      </Button>
      <ProviderButtons search={search} />
    </Gate>
  );
};

export default SignInPage;
