import { Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.tsx';
import { useOpenidHash } from '../../nav/openid-hash.ts';
import type { SignInSearch } from '../../nav/return.ts';
import { CredentialFields } from '../../parts/credential-fields.tsx';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import { PasskeyButton } from '../../parts/passkey-button.tsx';
import { useCredentials } from '../../parts/use-credentials.ts';
import { CodeForm } from './code-form.tsx';
import { ProviderButtons } from './provider-buttons.tsx';
import classes from './sign-in.module.css';

/** `acme/anna`: the same user name may be there in several organizations. */
const accountOf = (typed: string): { username: string; organization?: string } => {
  const [, organization, username] = /^([a-z0-9-]{1,63})\/(.+)$/.exec(typed) ?? [];
  return organization && username ? { username, organization } : { username: typed };
};

/** What the server says of a sign-in at a provider that did not end well. */
const outcomes = ['refused', 'cancelled', 'away', 'wrong', 'expired', 'throttled'];

/** Signs a person in; the way back to the page that was asked for is the router's. */
const SignInPage = ({ search }: { search: SignInSearch }) => {
  const outcome = useOpenidHash();
  return outcome === 'code' ? <CodeForm /> : <PasswordForm search={search} outcome={outcome} />;
};

interface PasswordFormProps {
  search: SignInSearch;
  /** How a sign-in at a provider ended; null: there was none. */
  outcome: string | null;
}

const PasswordForm = ({ search, outcome }: PasswordFormProps) => {
  const { t } = useTranslation('signIn');
  const { session } = useSession();
  const [username, setUsername] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const { fields, forgetCode, fault, hasFailed, isWrong, isPending, isWaiting, submit } = useCredentials();

  useEffect(() => first.current?.focus(), []);

  const sayOutcome = outcome !== null && outcomes.includes(outcome) ? t(`openid.${outcome}`) : null;
  const expired = session.phase === 'signedOut' && session.expired && !hasFailed;

  return (
    <Gate
      title={t('title')}
      text={expired ? t('expired') : null}
      onSubmit={() =>
        submit({
          ...(search.organization === undefined ? {} : { organization: search.organization }),
          ...accountOf(username.trim()),
        })
      }
    >
      <TextInput
        label={t('username')}
        description={isWrong ? t('usernameHint') : null}
        value={username}
        onChange={(event) => {
          setUsername(event.currentTarget.value);
          forgetCode();
        }}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        ref={first}
      />
      <CredentialFields {...fields} />
      <FormFault>{fault ?? (hasFailed || isPending ? null : sayOutcome)}</FormFault>
      <Button type="submit" variant="filled" loading={isPending} disabled={isWaiting}>
        {t('submit')}
      </Button>
      <Link to="/forgot-password" className={classes.forgot}>
        {t('forgot')}
      </Link>
      <PasskeyButton />
      <ProviderButtons search={search} />
    </Gate>
  );
};

export default SignInPage;
