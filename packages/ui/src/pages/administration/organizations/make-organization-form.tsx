import { Button, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError, faultOf } from '../../../api/error.ts';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { useRequestKey } from '../../../parts/use-request-key.ts';
import { isGoodEnough, usualRule } from '../../setup/password.ts';
import { slugOf } from '../../setup/slug.ts';
import { FirstPassword } from '../people/first-password.tsx';

/** What its owner signs in with first. */
export interface MadeOrganization {
  name: string;
  signsInAs: string;
  password: string;
}

interface MakeOrganizationFormProps {
  onMade(made: MadeOrganization): void;
  onCancel(): void;
}

/** Asks what the organization is called, and who owns it. */
export const MakeOrganizationForm = ({ onMade, onCancel }: MakeOrganizationFormProps) => {
  const { t } = useTranslation('organizations');
  const common = useTranslation().t;
  const people = useTranslation('people').t;
  const text = useErrorText();
  const client = useQueryClient();
  const keyOf = useRequestKey();
  const [input, setInput] = useState({ name: '', slug: '', username: '', email: '', password: '' });
  const [hasOwnSlug, setOwnSlug] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const name = input.name.trim();
  const username = input.username.trim();
  const email = input.email.trim();
  const { slug, password } = input;
  const wrong = {
    name: name === '' ? t('fault.needed') : null,
    slug: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(slug) ? null : t('fault.slug'),
    username: /^[^\s/:]{1,64}$/.test(username) ? null : people('fault.username'),
    email: /^[^\s@]+@[^\s@]+$/.test(email) ? null : people('fault.email'),
    password: isGoodEnough(password, usualRule) ? null : people('fault.password', { count: usualRule.least }),
  };
  const isRight = Object.values(wrong).every((fault) => fault === null);

  const make = useMutation({
    mutationFn: () => {
      const body = { name, slug, owner: { username, email, password } };
      return call(routes.organizations.create, { body, idempotencyKey: keyOf(body) });
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['organizations'] });
      onMade({ name, signsInAs: `${slug}/${username}`, password });
    },
  });
  const { error } = make;
  const isTaken = error instanceof ApiError && error.status === 409;
  const isAtField = error instanceof ApiError && error.status === 422 && error.problem?.errors.length !== 0;
  const set = (part: Partial<typeof input>) => {
    setInput((before) => ({ ...before, ...part }));
    make.reset();
  };
  const faultAt = (field: keyof typeof wrong, path: string) => (isChecked && wrong[field]) || faultOf(error, path);

  return (
    <form
      className={form.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        setChecked(true);
        if (isRight && !make.isPending) make.mutate();
      }}
    >
      <div className={form.pair}>
        <TextInput
          label={t('field.name')}
          value={input.name}
          onChange={({ currentTarget: { value } }) =>
            set({ name: value, ...(hasOwnSlug ? {} : { slug: slugOf(value) }) })
          }
          error={faultAt('name', '/name')}
          autoComplete="off"
          maxLength={120}
          required
          data-autofocus
        />
        <TextInput
          label={t('field.slug')}
          description={t('field.slugHint', { slug: slug || 'acme' })}
          value={slug}
          onChange={({ currentTarget: { value } }) => {
            setOwnSlug(value !== '');
            set({ slug: value });
          }}
          error={isTaken ? t('fault.taken') : faultAt('slug', '/slug')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </div>
      <div className={form.pair}>
        <TextInput
          label={t('field.owner')}
          value={input.username}
          onChange={(event) => set({ username: event.currentTarget.value })}
          error={faultAt('username', '/owner/username')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <TextInput
          label={t('field.email')}
          type="email"
          value={input.email}
          onChange={(event) => set({ email: event.currentTarget.value })}
          error={faultAt('email', '/owner/email')}
          autoComplete="off"
          required
        />
      </div>
      <FirstPassword
        value={password}
        onChange={(next) => set({ password: next })}
        error={faultAt('password', '/owner/password')}
        rule={usualRule}
      />
      <FormFault>{error && !isTaken && !isAtField ? text(error) : null}</FormFault>
      <div className={form.buttons}>
        <Button onClick={onCancel}>{common('cancel')}</Button>
        <Button type="submit" variant="filled" loading={make.isPending}>
          {t('make.submit')}
        </Button>
      </div>
    </form>
  );
};
