import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { canUsePasskeys } from '../../api/passkeys.ts';
import { useSession } from '../../api/session.tsx';
import { renewSession } from '../../api/session-store.ts';
import { Gate } from '../../parts/gate.tsx';
import { PasskeyButton } from '../../parts/passkey-button.tsx';
import { StepUp } from '../../shell/step-up.tsx';
import { AddPasskeyDialog } from '../profile/passkeys/add-passkey-dialog.tsx';
import { SetupDialog } from '../profile/second-factor/setup-dialog.tsx';

/** Asks for the second factor that the organization wants of everybody; the way on is the router's. */
const SecondFactorPage = () => {
  const { t } = useTranslation('profile');
  const { user, signOut } = useSession();
  const [open, setOpen] = useState<'authenticator' | 'passkey' | null>(null);
  const { data } = useQuery({
    queryKey: ['passkeys'],
    queryFn: ({ signal }) => call(routes.passkeys.list, { signal }),
  });
  // who has one signed in with his password this time; until that is known neither is offered
  const hasPasskey = data === undefined ? null : data.items.length > 0;
  const close = () => {
    setOpen(null);
    // it may be set up now; where the answer is lost, the page stays and asks again
    void renewSession().catch(() => undefined);
  };
  return (
    <Gate
      title={t('needed.title')}
      text={t('needed.text', { organization: user?.organization.name })}
      onSubmit={() => undefined}
    >
      <Button variant="filled" onClick={() => setOpen('authenticator')}>
        {t('needed.authenticator')}
      </Button>
      {hasPasskey ? <PasskeyButton /> : null}
      {canUsePasskeys() && hasPasskey === false ? (
        <Button onClick={() => setOpen('passkey')}>{t('needed.passkey')}</Button>
      ) : null}
      <Button variant="subtle" onClick={() => void signOut()}>
        {t('first.signOut')}
      </Button>
      {open === 'authenticator' ? <SetupDialog onClose={close} /> : null}
      {open === 'passkey' ? <AddPasskeyDialog onClose={close} /> : null}
      <StepUp />
    </Gate>
  );
};

export default SecondFactorPage;
