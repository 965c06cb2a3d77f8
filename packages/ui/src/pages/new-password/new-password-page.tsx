import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.tsx';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import { PasswordFields } from '../profile/password-fields.tsx';
import { usePasswordChange } from '../profile/use-password-change.ts';

/** Asks for another password than the one that somebody else gave; the way on is the router's. */
const NewPasswordPage = () => {
  const { t } = useTranslation('profile');
  const { user, signOut } = useSession();
  const { fields, fault, isRight, isPending, submit } = usePasswordChange();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <Gate title={t('first.title')} text={t('first.text', { name: user?.name || user?.username })} onSubmit={submit}>
      <PasswordFields {...fields} user={user} firstField={first} />
      <FormFault>{fault}</FormFault>
      <Button type="submit" variant="filled" loading={isPending} disabled={!isRight}>
        {t('first.submit')}
      </Button>
      <Button variant="subtle" onClick={() => void signOut()}>
        {t('first.signOut')}
      </Button>
    </Gate>
  );
};

export default NewPasswordPage;
