import { TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { faultOf, isAtField } from '../../../api/error.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { SaveButtons } from '../../../parts/save-buttons.tsx';
import { useDraft } from '../../../parts/use-draft.ts';
import { useFaultText } from './use-fault-text.ts';
import { usePersonChange } from './use-person-change.ts';

/** Changes how a person is called and reached. */
export const PersonForm = ({ person, mayChange }: { person: Person; mayChange: boolean }) => {
  const { t } = useTranslation('people');
  const fault = useTranslation('error').t;
  const text = useFaultText('taken');
  const draft = useDraft({ username: person.username, name: person.name, email: person.email });
  const { username, name, email } = draft.fields;
  const save = usePersonChange(
    person.id,
    () =>
      call(routes.users.update, {
        params: { id: person.id },
        ifMatch: person.version,
        body: { username: username.trim(), name: name.trim(), email: email.trim() },
      }),
    draft.giveUp,
  );
  const isOvertaken = save.isStale || draft.isOvertaken;
  const { error } = save;
  const common = useTranslation().t;
  const wordsOf = (value: string, rule: RegExp, words: string) => {
    if (value.trim() === '') return common('needed');
    return rule.test(value.trim()) ? null : words;
  };
  const wrongName = wordsOf(username, /^[^\s/:]{1,64}$/, t('fault.username'));
  const wrongEmail = wordsOf(email, /^[^\s@]+@[^\s@]+$/, t('fault.email'));
  const canSave = draft.isChanged && !isOvertaken && !wrongName && !wrongEmail;
  const isSaidAtField = isAtField(error, '/username', '/name', '/email');
  const change = (part: Partial<typeof draft.fields>) => {
    draft.change(part);
    if (!save.isStale) save.reset();
  };

  return (
    <form
      className={form.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (canSave) save.mutate();
      }}
    >
      <div className={form.pair}>
        <TextInput
          label={t('field.username')}
          value={username}
          onChange={(event) => change({ username: event.currentTarget.value })}
          error={wrongName ?? faultOf(error, '/username')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          readOnly={!mayChange}
        />
        <TextInput
          label={t('field.name')}
          value={name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={faultOf(error, '/name')}
          autoComplete="off"
          maxLength={120}
          readOnly={!mayChange}
        />
      </div>
      <TextInput
        label={t('field.email')}
        type="email"
        value={email}
        onChange={(event) => change({ email: event.currentTarget.value })}
        error={wrongEmail ?? faultOf(error, '/email')}
        autoComplete="off"
        readOnly={!mayChange}
      />
      <FormFault>{isOvertaken ? fault('412') : error && !isSaidAtField ? text(error) : null}</FormFault>
      {mayChange ? (
        <SaveButtons
          canSave={canSave}
          isSaving={save.isPending}
          isSaved={save.isSuccess && !draft.isChanged}
          isOvertaken={isOvertaken}
          onLoadAgain={() => {
            draft.giveUp();
            save.reset();
          }}
        />
      ) : null}
    </form>
  );
};
