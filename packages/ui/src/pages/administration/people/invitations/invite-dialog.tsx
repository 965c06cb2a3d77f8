import { Button, Select, TextInput } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import type { Language } from '@muster/contract/schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../../api/client.ts';
import { ApiError, faultOf } from '../../../../api/error.ts';
import { useSendsMail } from '../../../../data/setup.ts';
import { languages } from '../../../../i18n/start.ts';
import { Dialog } from '../../../../parts/dialog.tsx';
import { useErrorText } from '../../../../parts/error-text.ts';
import form from '../../../../parts/form.module.css';
import { FormFault } from '../../../../parts/form-fault.tsx';
import { useRequestKey } from '../../../../parts/use-request-key.ts';
import { assignmentsOf, newRow } from '../assignments.ts';
import { RoleRows } from '../role-rows.tsx';

/** Asks whom to invite, what he will hold, and in which language to write to him. */
const InviteDialog = ({ onClose }: { onClose(): void }) => {
  const { t, i18n } = useTranslation('invitations');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const keyOf = useRequestKey();
  const sendsMail = useSendsMail();
  const [email, setEmail] = useState('');
  const [language, setLanguage] = useState<Language>(i18n.language === 'pl' ? 'pl' : 'en');
  const [rows, setRows] = useState(() => [newRow()]);
  const [isChecked, setChecked] = useState(false);
  const assignments = assignmentsOf(rows);
  const address = email.trim();
  const isAddress = /^[^\s@]+@[^\s@]+$/.test(address);

  const invite = useMutation({
    mutationFn: () => {
      const body = { email: address, language, roles: assignments ?? [] };
      return call(routes.invitations.create, { body, idempotencyKey: keyOf(body) });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['invitations'] });
      onClose();
    },
  });
  const { error } = invite;
  const isAtField = error instanceof ApiError && error.status === 422 && error.problem?.errors.length !== 0;
  const fault = (() => {
    if (!error || isAtField) return null;
    if (error instanceof ApiError && error.status === 403) return t('fault.more');
    if (error instanceof ApiError && error.status === 409) return t('fault.taken');
    if (error instanceof ApiError && error.status === 429) return t('fault.often');
    return text(error);
  })();

  if (sendsMail === false) {
    return (
      <Dialog onClose={onClose} title={t('invite.title')} size={440}>
        <div className={form.form}>
          <p>{t('invite.noMail')}</p>
          <div className={form.buttons}>
            <Button onClick={onClose} data-autofocus>
              {common('close')}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog onClose={onClose} title={t('invite.title')} size={640}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          setChecked(true);
          if (isAddress && assignments !== null && !invite.isPending) invite.mutate();
        }}
      >
        <p className={form.note}>{t('invite.text')}</p>
        <div className={form.pair}>
          <TextInput
            label={t('invite.email')}
            type="email"
            value={email}
            onChange={(event) => {
              setEmail(event.currentTarget.value);
              invite.reset();
            }}
            error={isChecked && !isAddress ? t('fault.email') : faultOf(error, '/email')}
            autoComplete="off"
            required
            data-autofocus
          />
          <Select
            label={t('invite.language')}
            data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
            value={language}
            onChange={(value) => setLanguage((value ?? 'en') as Language)}
            allowDeselect={false}
          />
        </div>
        <RoleRows
          rows={rows}
          onChange={(next) => {
            setRows(next);
            invite.reset();
          }}
          error={error}
        />
        <FormFault>{isChecked && assignments === null ? t('fault.row') : fault}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="filled" loading={invite.isPending}>
            {t('invite.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

export default InviteDialog;
