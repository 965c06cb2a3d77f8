import { Button } from '@mantine/core';
import type { User } from '@muster/contract/identity';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError } from '../../api/error.ts';
import { useSendsMail } from '../../data/setup.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import classes from './profile.module.css';

/** Says that the mail address is not verified, and sends the link that does it; nothing once it is. */
export const EmailVerification = ({ user }: { user: User }) => {
  const { t } = useTranslation('profile');
  const text = useErrorText();
  const sendsMail = useSendsMail();
  const send = useMutation({ mutationFn: () => call(routes.identity.sendVerification) });
  if (user.emailVerified || sendsMail !== true) return null;
  const { error, isPending, isSuccess } = send;
  const fault = (() => {
    if (!error || isPending) return null;
    if (error instanceof ApiError && error.status === 429) return t('email.often');
    return text(error);
  })();
  return (
    <div className={classes.verify}>
      <span role="status" className={classes.said}>
        {t(isSuccess ? 'email.sent' : 'email.text')}
      </span>
      <Button loading={isPending} disabled={isSuccess} onClick={() => send.mutate()}>
        {t('email.send')}
      </Button>
      <FormFault>{fault}</FormFault>
    </div>
  );
};
