import { Button, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { useSendsMail } from '../../data/setup.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import classes from './mail-links.module.css';

/** Asks for a link to choose a new password; where no mail is sent it says whom to ask. */
const ForgotPasswordPage = () => {
  const { t } = useTranslation('links');
  const text = useErrorText();
  const [username, setUsername] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const sendsMail = useSendsMail();
  const ask = useMutation({
    mutationFn: () => call(routes.identity.forgotPassword, { body: { username: username.trim() } }),
  });
  useEffect(() => first.current?.focus(), []);
  const back = (
    <Link to="/sign-in" className={classes.link}>
      {t('toSignIn')}
    </Link>
  );

  if (sendsMail === false) {
    return (
      <Gate title={t('forgot.title')} text={t('forgot.noMail')} onSubmit={() => undefined}>
        <code className={classes.command}>npx muster user reset-password {t('forgot.name')}</code>
        {back}
      </Gate>
    );
  }
  if (ask.isSuccess) {
    return (
      <Gate title={t('forgot.sentTitle')} text={t('forgot.sent')} onSubmit={() => undefined}>
        <p className={classes.quiet}>{t('forgot.nothing')}</p>
        {back}
      </Gate>
    );
  }
  return (
    <Gate
      title={t('forgot.title')}
      text={t('forgot.text')}
      onSubmit={() => {
        if (username.trim() !== '' && !ask.isPending) ask.mutate();
      }}
    >
      <TextInput
        label={t('forgot.username')}
        value={username}
        onChange={(event) => {
          setUsername(event.currentTarget.value);
          ask.reset();
        }}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        required
        ref={first}
      />
      <FormFault>{ask.error ? text(ask.error) : null}</FormFault>
      <Button type="submit" variant="filled" loading={ask.isPending} disabled={username.trim() === ''}>
        {t('forgot.submit')}
      </Button>
      {back}
    </Gate>
  );
};

export default ForgotPasswordPage;
