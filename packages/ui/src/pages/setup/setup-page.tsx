import { Button, PasswordInput, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError, faultOf } from '../../api/error.ts';
import { signIn, startSession } from '../../api/session-store.ts';
import { useErrorText } from '../../parts/error-text.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import { checkSetup, type SetupFault, type SetupInput } from './check.ts';
import { usualRule } from './password.ts';
import { PasswordStrength } from './password-strength.tsx';
import classes from './setup-page.module.css';
import { slugOf } from './slug.ts';

/** The server prints an address that brings its token along, where no log sees it: `/setup#ms_…`. */
const tokenOfAddress = (): string => /^#(ms_[\w-]+)$/.exec(location.hash)?.[1] ?? '';

const paths: Partial<Record<keyof SetupInput, string>> = {
  organizationName: '/organization/name',
  slug: '/organization/slug',
  username: '/owner/username',
  email: '/owner/email',
  password: '/owner/password',
};

const complete = async ({ setupToken, organizationName, slug, username, email, password }: SetupInput) => {
  await call(routes.identity.setup, {
    body: {
      setupToken: setupToken.trim(),
      organization: { name: organizationName.trim(), slug },
      owner: { username: username.trim(), email: email.trim(), password },
    },
  });
  // Who cannot be signed in at once finds the sign-in page.
  await signIn({ username: username.trim(), password }).catch(startSession);
};

/** The first start: an organization and its owner. */
const SetupPage = () => {
  const { t } = useTranslation('setup');
  const text = useErrorText();
  const [input, setInput] = useState<SetupInput>({
    setupToken: tokenOfAddress(),
    organizationName: '',
    slug: '',
    username: '',
    email: '',
    password: '',
  });
  const [ownSlug, setOwnSlug] = useState(false);
  const [faults, setFaults] = useState<Partial<Record<keyof SetupInput, SetupFault>>>({});
  const attempt = useMutation({ mutationFn: complete });
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const { error } = attempt;

  const faultIn = (field: keyof SetupInput) => {
    const fault = faults[field];
    if (fault) return t(`fault.${fault}`);
    if (field === 'setupToken' && error instanceof ApiError && error.status === 403) return t('fault.token');
    return faultOf(error, paths[field] ?? '');
  };
  const change = (changed: Partial<SetupInput>) => {
    setInput((before) => ({ ...before, ...changed }));
    // what the server said was about what was sent
    if (error && Object.keys(changed).some((name) => faultIn(name as keyof SetupInput))) attempt.reset();
    setFaults((before) => Object.fromEntries(Object.entries(before).filter(([field]) => !(field in changed))));
  };
  const field = (name: keyof SetupInput) => ({
    value: input[name],
    error: faultIn(name),
    onChange: (event: { currentTarget: HTMLInputElement }) => change({ [name]: event.currentTarget.value }),
    required: true,
  });

  const atFields = Object.keys(paths).some((name) => faultIn(name as keyof SetupInput)) || faultIn('setupToken');
  return (
    <Gate
      title={t('title')}
      text={t('text')}
      onSubmit={() => {
        const found = checkSetup(input);
        setFaults(found);
        if (Object.keys(found).length === 0) attempt.mutate(input);
      }}
    >
      <TextInput
        ref={first}
        label={t('token')}
        description={t('tokenHint')}
        autoComplete="off"
        spellCheck={false}
        {...field('setupToken')}
      />
      <fieldset className={classes.group}>
        <legend>{t('organization')}</legend>
        <TextInput
          label={t('organizationName')}
          autoComplete="organization"
          {...field('organizationName')}
          onChange={({ currentTarget: { value } }) =>
            change({ organizationName: value, ...(ownSlug ? {} : { slug: slugOf(value) }) })
          }
        />
        <TextInput
          label={t('slug')}
          description={t('slugHint', { slug: input.slug || 'acme' })}
          autoComplete="off"
          spellCheck={false}
          {...field('slug')}
          onChange={({ currentTarget: { value } }) => {
            setOwnSlug(value !== '');
            change({ slug: value });
          }}
        />
      </fieldset>
      <fieldset className={classes.group}>
        <legend>{t('owner')}</legend>
        <TextInput label={t('username')} autoComplete="username" autoCapitalize="none" {...field('username')} />
        <TextInput label={t('email')} type="email" autoComplete="email" {...field('email')} />
        <PasswordInput
          label={t('password')}
          autoComplete="new-password"
          aria-describedby="password-strength"
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
          {...field('password')}
        />
        <PasswordStrength
          id="password-strength"
          password={input.password}
          rule={usualRule}
          isRefused={faultIn('password') !== undefined}
        />
      </fieldset>
      <FormFault>{error && !attempt.isPending && !atFields ? text(error) : null}</FormFault>
      <Button type="submit" variant="filled" loading={attempt.isPending}>
        {t('submit')}
      </Button>
    </Gate>
  );
};

export default SetupPage;
