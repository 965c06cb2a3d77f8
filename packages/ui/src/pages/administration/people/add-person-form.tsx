import { Button, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError, faultOf } from '../../../api/error.ts';
import { useSession } from '../../../api/session.tsx';
import { keepPerson } from '../../../data/people.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { useRequestKey } from '../../../parts/use-request-key.ts';
import { isGoodEnough, usualRule } from '../../setup/password.ts';
import { assignmentsOf, newRow } from './assignments.ts';
import { FirstPassword } from './first-password.tsx';
import classes from './people.module.css';
import { RoleRows } from './role-rows.tsx';
import { useFaultText } from './use-fault-text.ts';

/** A person who was just added, with the password that is shown once. */
export interface AddedPerson {
  person: Person;
  password: string;
}

interface AddPersonFormProps {
  onAdded(added: AddedPerson): void;
  onCancel(): void;
}

/** Asks who it is, with what he signs in first, and what he may. */
export const AddPersonForm = ({ onAdded, onCancel }: AddPersonFormProps) => {
  const { t } = useTranslation('people');
  const common = useTranslation().t;
  const text = useFaultText('taken');
  const client = useQueryClient();
  const keyOf = useRequestKey();
  const [input, setInput] = useState({ username: '', name: '', email: '', password: '' });
  const [rows, setRows] = useState(() => [newRow()]);
  const [isChecked, setChecked] = useState(false);

  const rule = useSession().user?.organization.passwordRule ?? usualRule;
  const username = input.username.trim();
  const email = input.email.trim();
  const { password } = input;
  const assignments = assignmentsOf(rows);
  const wrong = {
    username: /^[^\s/:]{1,64}$/.test(username) ? null : username === '' ? common('needed') : t('fault.username'),
    email: /^[^\s@]+@[^\s@]+$/.test(email) ? null : email === '' ? common('needed') : t('fault.email'),
    password: isGoodEnough(password, rule)
      ? null
      : password === ''
        ? common('needed')
        : t(rule.classes ? 'fault.passwordClasses' : 'fault.password', { count: rule.least }),
  };
  const isRight = !wrong.username && !wrong.email && !wrong.password && assignments !== null;

  const create = useMutation({
    mutationFn: () => {
      const body = { username, email, name: input.name.trim(), password, roles: assignments ?? [] };
      return call(routes.users.create, { body, idempotencyKey: keyOf(body) });
    },
    onSuccess: (person) => {
      void keepPerson(client, person);
      onAdded({ person, password });
    },
  });
  const { error } = create;
  const isAtField = error instanceof ApiError && (error.problem?.errors.length ?? 0) > 0;
  const set = (part: Partial<typeof input>) => {
    setInput((before) => ({ ...before, ...part }));
    create.reset();
  };

  return (
    <form
      className={form.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        setChecked(true);
        if (isRight) create.mutate();
      }}
    >
      <div className={form.pair}>
        <TextInput
          label={t('field.username')}
          value={input.username}
          onChange={(event) => set({ username: event.currentTarget.value })}
          error={(isChecked && wrong.username) || faultOf(error, '/username')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          data-autofocus
        />
        <TextInput
          label={t('field.name')}
          value={input.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={faultOf(error, '/name')}
          autoComplete="off"
          maxLength={120}
        />
      </div>
      <TextInput
        label={t('field.email')}
        type="email"
        value={input.email}
        onChange={(event) => set({ email: event.currentTarget.value })}
        error={(isChecked && wrong.email) || faultOf(error, '/email')}
        autoComplete="off"
        required
      />
      <FirstPassword
        value={password}
        onChange={(next) => set({ password: next })}
        error={(isChecked && wrong.password) || faultOf(error, '/password')}
        rule={rule}
      />
      <RoleRows
        rows={rows}
        onChange={(next) => {
          setRows(next);
          create.reset();
        }}
        error={error}
      />
      {isChecked && assignments === null ? <p className={classes.unready}>{t('fault.row')}</p> : null}
      <FormFault>{error && !isAtField ? text(error) : null}</FormFault>
      <div className={form.buttons}>
        <Button onClick={onCancel}>{common('cancel')}</Button>
        <Button type="submit" variant="filled" loading={create.isPending}>
          {t('add.submit')}
        </Button>
      </div>
    </form>
  );
};
