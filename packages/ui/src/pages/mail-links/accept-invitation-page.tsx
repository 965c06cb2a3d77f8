import { Button, Skeleton, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError, codeOf, faultOf } from '../../api/error.ts';
import { useSession } from '../../api/session.tsx';
import { useErrorText } from '../../parts/error-text.ts';
import { FormFault } from '../../parts/form-fault.tsx';
import { Gate } from '../../parts/gate.tsx';
import { LoadFault } from '../../parts/load-fault.tsx';
import { DeadLink } from './dead-link.tsx';
import { NewPasswordField } from './new-password-field.tsx';
import { isLinkDead, useLinkToken } from './use-link-token.ts';

/** Becomes a person of the organization that the link invites to, and is signed in. */
const AcceptInvitationPage = () => {
  const { t } = useTranslation('links');
  const text = useErrorText();
  const token = useLinkToken();
  const { signIn } = useSession();
  const navigate = useNavigate();
  const [input, setInput] = useState({ username: '', name: '', password: '' });
  const look = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => call(routes.invitations.look, { body: { token }, signal }),
    enabled: token !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const accept = useMutation({
    mutationFn: async () => {
      const { password } = input;
      const body = { token, username: input.username.trim(), name: input.name.trim(), password };
      const { username, organization } = await call(routes.invitations.accept, { body });
      // whoever can not be signed in at once finds the sign-in page
      const isIn = await signIn({ username, password, organization }).then(
        () => true,
        () => false,
      );
      await navigate({ to: isIn ? '/' : '/sign-in', replace: true });
    },
  });
  const { error, isPending } = accept;
  if (token === '' || isLinkDead(look.error) || isLinkDead(error)) {
    return <DeadLink isKnown={token !== ''} purpose="invitation" />;
  }
  const username = input.username.trim();
  const isName = /^[^\s/:]{1,64}$/.test(username);
  const set = (part: Partial<typeof input>) => {
    setInput((before) => ({ ...before, ...part }));
    accept.reset();
  };
  const atField = ['/username', '/name', '/password'].some((path) => faultOf(error, path) !== undefined);
  const fault = (() => {
    if (!error || isPending || atField) return null;
    if (error instanceof ApiError && error.status === 409) {
      return codeOf(error, '/token') === 'invitation-over' ? t('accept.over') : t('accept.taken');
    }
    return text(error);
  })();
  const invited = look.data;
  return (
    <Gate
      title={invited ? t('accept.title', { name: invited.organization.name }) : t('accept.opening')}
      text={invited ? t('accept.text', { name: invited.invitedBy, email: invited.email }) : null}
      onSubmit={() => {
        if (isName && input.password !== '' && !isPending) accept.mutate();
      }}
    >
      {look.error ? <LoadFault error={look.error} onRetry={look.refetch} /> : null}
      {look.isPending ? <Skeleton height={160} /> : null}
      {invited ? (
        <>
          <TextInput
            label={t('accept.username')}
            value={input.username}
            onChange={(event) => set({ username: event.currentTarget.value })}
            error={username !== '' && !isName ? t('accept.usernameRule') : faultOf(error, '/username')}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={64}
            required
            autoFocus
          />
          <TextInput
            label={t('accept.name')}
            value={input.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={faultOf(error, '/name')}
            autoComplete="name"
            maxLength={120}
          />
          <NewPasswordField
            value={input.password}
            onChange={(password) => set({ password })}
            error={error}
            rule={invited.organization.passwordRule}
          />
          <FormFault>{fault}</FormFault>
          <Button type="submit" variant="filled" loading={isPending} disabled={!isName || input.password === ''}>
            {t('accept.submit')}
          </Button>
        </>
      ) : null}
    </Gate>
  );
};

export default AcceptInvitationPage;
