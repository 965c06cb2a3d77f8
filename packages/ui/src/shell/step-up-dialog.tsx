import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { ProviderButtons } from '../pages/sign-in/provider-buttons.tsx';
import { CredentialFields } from '../parts/credential-fields.tsx';
import { Dialog } from '../parts/dialog.tsx';
import form from '../parts/form.module.css';
import { FormFault } from '../parts/form-fault.tsx';
import { PasskeyButton } from '../parts/passkey-button.tsx';
import { useCredentials } from '../parts/use-credentials.ts';

/** Asks whoever signed in a while ago to prove that it is still him, before something is done that gives much away. */
const StepUpDialog = ({ onDone }: { onDone(proved: boolean): void }) => {
  const { t } = useTranslation('signIn');
  const common = useTranslation().t;
  const { user } = useSession();
  // whoever comes by a provider leaves the page and comes back to it
  const here = location.pathname + location.search;
  const { fields, fault, isPending, isWaiting, submit } = useCredentials(() => onDone(true));
  return (
    <Dialog title={t('stepUp.title', { name: user?.name || user?.username })} size={420} onClose={() => onDone(false)}>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          // what is below this dialog may be a form too
          event.stopPropagation();
          if (user) submit({ username: user.username, organization: user.organization.slug });
        }}
      >
        <p className={form.note}>{t('stepUp.text')}</p>
        <input type="text" autoComplete="username" value={user?.username ?? ''} readOnly hidden />
        <CredentialFields {...fields} isFirst />
        <FormFault>{fault}</FormFault>
        <PasskeyButton onSignedIn={() => onDone(true)} />
        <ProviderButtons search={{ to: here, ...(user && { organization: user.organization.slug }) }} />
        <div className={form.buttons}>
          <Button onClick={() => onDone(false)}>{common('cancel')}</Button>
          <Button type="submit" variant="filled" loading={isPending} disabled={isWaiting}>
            {t('stepUp.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

export default StepUpDialog;
