import { TextInput } from '@mantine/core';
import type { User } from '@muster/contract/identity';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError, faultOf } from '../../api/error.ts';
import { updateUser } from '../../api/session-store.ts';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';

/** How the signed-in person is called, and where mail reaches him. */
export const WhoForm = ({ user }: { user: User }) => {
  const { t } = useTranslation('profile');
  const text = useErrorText();
  const [draft, setDraft] = useState<{ name: string; email: string } | null>(null);
  const { name, email } = draft ?? user;
  const save = useMutation({
    mutationFn: () => call(routes.identity.changeProfile, { body: { name: name.trim(), email: email.trim() } }),
    onSuccess: (saved) => {
      setDraft(null);
      updateUser(saved);
    },
  });
  const { error } = save;
  const wrongEmail = /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? null : t('who.wrongEmail');
  const isTaken = error instanceof ApiError && error.status === 409;
  const isChanged = name.trim() !== user.name || email.trim() !== user.email;
  return (
    <form
      className={form.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (isChanged && !wrongEmail && !save.isPending) save.mutate();
      }}
    >
      <TextInput
        label={t('who.name')}
        value={name}
        onChange={(event) => setDraft({ name: event.currentTarget.value, email })}
        autoComplete="name"
        maxLength={120}
        error={faultOf(error, '/name')}
      />
      <TextInput
        label={t('who.email')}
        description={email === user.email ? t(user.emailVerified ? 'who.verified' : 'who.unverified') : null}
        value={email}
        onChange={(event) => setDraft({ name, email: event.currentTarget.value })}
        autoComplete="email"
        inputMode="email"
        maxLength={254}
        error={wrongEmail ?? (isTaken ? t('who.taken') : faultOf(error, '/email'))}
        required
      />
      <FormFault>{error && !isTaken ? text(error) : null}</FormFault>
      {draft && isChanged ? (
        <SaveButtons
          canSave={!wrongEmail}
          isSaving={save.isPending}
          isOvertaken={false}
          onLoadAgain={() => undefined}
        />
      ) : null}
    </form>
  );
};
