import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { useSession } from '../../api/session.tsx';
import { updateUser } from '../../api/session-store.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import { DeadLink } from './dead-link.tsx';
import classes from './mail-links.module.css';
import { isLinkDead, useLinkToken } from './use-link-token.ts';

/** Says by the link of a mail that its address is one's own. A press, so that programs that look at mails do not say it. */
const VerifyEmailPage = () => {
  const { t } = useTranslation('links');
  const text = useErrorText();
  const token = useLinkToken();
  const { user } = useSession();
  const verify = useMutation({
    mutationFn: () => call(routes.identity.verifyEmail, { body: { token } }),
    onSuccess: async () => {
      if (user) updateUser(await call(routes.identity.me).catch(() => user));
    },
  });
  const { error, isPending, isSuccess } = verify;
  if (isSuccess) {
    return (
      <Gate title={t('verify.doneTitle')} text={t('verify.done')} onSubmit={() => undefined}>
        <Link to="/" className={classes.link}>
          {t('onward')}
        </Link>
      </Gate>
    );
  }
  if (token === '' || isLinkDead(error)) return <DeadLink isKnown={token !== ''} purpose="verify" />;
  return (
    <Gate
      title={t('verify.title')}
      text={t('verify.text')}
      onSubmit={() => {
        if (!isPending) verify.mutate();
      }}
    >
      <FormFault>{error && !isPending ? text(error) : null}</FormFault>
      <Button type="submit" variant="filled" loading={isPending}>
        {t('verify.submit')}
      </Button>
    </Gate>
  );
};

export default VerifyEmailPage;
