import { Button } from '@mantine/core';
import type { Invitation } from '@muster/contract/invitations';
import { routes } from '@muster/contract/routes';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../../api/client.ts';
import { ApiError } from '../../../../api/error.ts';
import { ConfirmDialog } from '../../../../parts/confirm-dialog.tsx';
import { useErrorText } from '../../../../parts/error-text.ts';
import { FormFault } from '../../../../parts/form-fault.tsx';
import { LoadFault } from '../../../../parts/load-fault.tsx';
import { Card } from '../../../../parts/page.tsx';
import { StateMark } from '../../../../theme/state-mark.tsx';
import { Age } from '../../../../time/age.tsx';
import { RoleChips } from '../role-chips.tsx';
import classes from './invitations.module.css';

const REFRESH_MS = 3000;

/** Who was invited and has not come yet; nothing while there is nobody. */
export const OpenInvitations = ({ mayChange }: { mayChange: boolean }) => {
  const { t } = useTranslation('invitations');
  const [revoked, setRevoked] = useState<Invitation | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['invitations'],
    queryFn: ({ signal }) => call(routes.invitations.list, { signal }),
    // until the mail server has said something
    refetchInterval: ({ state }) => (state.data?.items.some(({ mail }) => mail === 'waiting') ? REFRESH_MS : false),
  });
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  if (!data || data.items.length === 0) return null;
  return (
    <Card title={t('title')} note={t('total', { count: data.items.length })}>
      <ul aria-label={t('title')}>
        {data.items.map((invitation) => (
          <InvitationRow
            key={invitation.id}
            invitation={invitation}
            mayChange={mayChange}
            onRevoke={() => setRevoked(invitation)}
          />
        ))}
      </ul>
      {revoked ? (
        <ConfirmDialog
          title={t('revoke.title', { email: revoked.email })}
          text={t('revoke.text')}
          action={t('revoke.do')}
          queryKey={['invitations']}
          act={() => call(routes.invitations.revoke, { params: { id: revoked.id } })}
          onClose={() => setRevoked(null)}
        />
      ) : null}
    </Card>
  );
};

interface InvitationRowProps {
  invitation: Invitation;
  mayChange: boolean;
  onRevoke(): void;
}

const InvitationRow = ({ invitation, mayChange, onRevoke }: InvitationRowProps) => {
  const { t } = useTranslation('invitations');
  const text = useErrorText();
  const client = useQueryClient();
  const { id, email, roles, invitedBy, sentAt, expiresAt, mail, fault } = invitation;
  const send = useMutation({
    mutationFn: () => call(routes.invitations.send, { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['invitations'] }),
  });
  const { error } = send;
  const isOften = error instanceof ApiError && error.status === 429;
  const isOver = Date.parse(expiresAt) <= Date.now();
  return (
    <li className={classes.row}>
      <span className={classes.who}>
        <b>{email}</b>
        {isOver ? <StateMark severity="warning">{t('over')}</StateMark> : null}
        {mail === 'failed' ? <StateMark severity="warning">{t('failed')}</StateMark> : null}
        {mail === 'waiting' && fault ? <StateMark severity="warning">{t('waiting')}</StateMark> : null}
      </span>
      <span className={classes.details}>
        <RoleChips roles={roles} />
        <span>
          {t('by', { name: invitedBy })} <Age ts={Date.parse(sentAt)} ago />
        </span>
        {mail !== 'sent' && fault ? <span className={classes.fault}>{fault}</span> : null}
      </span>
      {mayChange ? (
        <span className={classes.actions}>
          <span role="status" className={classes.said}>
            {send.isSuccess ? t('send.done') : ''}
          </span>
          <Button
            size="xs"
            loading={send.isPending}
            onClick={() => send.mutate()}
            aria-label={t('send.named', { email })}
          >
            {t('send.do')}
          </Button>
          <Button size="xs" onClick={onRevoke} aria-label={t('revoke.named', { email })}>
            {t('revoke.do')}
          </Button>
        </span>
      ) : null}
      <FormFault>{error ? (isOften ? t('fault.often') : text(error)) : null}</FormFault>
    </li>
  );
};
