import { Button, TextInput } from '@mantine/core';
import type { Passkey } from '@muster/contract/passkeys';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';

/** A passkey gets another name, or is put away. */
export const PasskeyDialog = ({ passkey, onClose }: { passkey: Passkey; onClose(): void }) => {
  const { t } = useTranslation('profile');
  const common = useTranslation().t;
  const text = useErrorText();
  const [name, setName] = useState(passkey.name);
  const params = { id: passkey.id };
  const rename = useMutation({
    mutationFn: () => call(routes.passkeys.rename, { params, body: { name: name.trim() } }),
    onSuccess: onClose,
  });
  const remove = useMutation({ mutationFn: () => call(routes.passkeys.delete, { params }), onSuccess: onClose });
  const error = rename.error ?? remove.error;
  const isPending = rename.isPending || remove.isPending;
  return (
    <Dialog title={passkey.name} size={420} onClose={onClose}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (name.trim() !== '' && !isPending) rename.mutate();
        }}
      >
        <TextInput
          label={t('passkeys.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          data-autofocus
          required
        />
        <p className={form.note}>{t('passkeys.removeText')}</p>
        <FormFault>{error ? text(error) : null}</FormFault>
        <div className={form.buttons}>
          <Button color="critical" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('passkeys.remove')}
          </Button>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button
            type="submit"
            variant="filled"
            loading={rename.isPending}
            disabled={name.trim() === '' || name.trim() === passkey.name}
          >
            {common('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
