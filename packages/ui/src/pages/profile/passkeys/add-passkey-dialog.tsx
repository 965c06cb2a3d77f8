import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { makePasskey } from '../../../api/passkeys.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { readUserAgent } from '../../../parts/sessions/user-agent.ts';
import { usePasskeyFault } from './use-passkey-fault.ts';

/** Makes a passkey: a name here, the rest is the browser's. */
export const AddPasskeyDialog = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('profile');
  const common = useTranslation().t;
  const { system } = readUserAgent(navigator.userAgent);
  const [name, setName] = useState(system ?? t('passkeys.usualName'));
  const faultOf = usePasskeyFault();
  const make = useMutation({ mutationFn: () => makePasskey(name.trim()), onSuccess: onClose });
  return (
    <Dialog title={t('passkeys.addTitle')} size={420} onClose={onClose}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (name.trim() !== '' && !make.isPending) make.mutate();
        }}
      >
        <p>{t('passkeys.addText')}</p>
        <TextInput
          label={t('passkeys.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          data-autofocus
          required
        />
        <FormFault>{make.error ? faultOf(make.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="filled" loading={make.isPending} disabled={name.trim() === ''}>
            {t('passkeys.goOn')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
