import { Button, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { codeOf, faultOf } from '../../api/error.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import { DeadLink } from './dead-link.tsx';
import classes from './mail-links.module.css';
import { NewPasswordField } from './new-password-field.tsx';
import { isLinkDead, useLinkToken } from './use-link-token.ts';

/** Chooses a new password by the link of a mail; beside a second factor its code is asked for too. */
const ResetPasswordPage = () => {
  const { t } = useTranslation('links');
  const text = useErrorText();
  const token = useLinkToken();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [codeAsked, setCodeAsked] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const reset = useMutation({
    mutationFn: () =>
      call(routes.identity.resetPassword, {
        body: { token, password, ...(codeAsked && code.trim() !== '' ? { code: code.trim() } : {}) },
      }),
    onError: (error) => {
      if (faultOf(error, '/code')) setCodeAsked(true);
    },
  });
  const { error, isPending, isSuccess } = reset;

  if (isSuccess) {
    return (
      <Gate title={t('reset.doneTitle')} text={t('reset.done')} onSubmit={() => undefined}>
        <Link to="/sign-in" className={classes.link}>
          {t('toSignIn')}
        </Link>
      </Gate>
    );
  }
  if (token === '' || isLinkDead(error)) return <DeadLink isKnown={token !== ''} purpose="reset" />;
  const codeFault = faultOf(error, '/code');
  const fault = (() => {
    if (!error || isPending || faultOf(error, '/password') !== undefined) return null;
    // that one is needed is no fault: the field that appears says it
    if (codeFault !== undefined) return codeOf(error, '/code') === 'code-needed' ? null : t('reset.wrongCode');
    return text(error);
  })();
  return (
    <Gate
      title={t('reset.title')}
      text={t('reset.text')}
      onSubmit={() => {
        if (password !== '' && !isPending) reset.mutate();
      }}
    >
      <NewPasswordField
        value={password}
        onChange={(value) => {
          setPassword(value);
          reset.reset();
        }}
        error={error}
        firstField={first}
      />
      {codeAsked ? (
        <TextInput
          label={t('reset.code')}
          description={t('reset.codeHint')}
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
      <Button type="submit" variant="filled" loading={isPending} disabled={password === ''}>
        {t('reset.submit')}
      </Button>
    </Gate>
  );
};

export default ResetPasswordPage;
