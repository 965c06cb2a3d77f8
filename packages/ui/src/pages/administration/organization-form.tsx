import { Button, TextInput } from '@mantine/core';
import type { Organization } from '@muster/contract/identity';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError, faultOf } from '../../api/error.ts';
import { useMay } from '../../api/session.tsx';
import { renameOrganization } from '../../api/session-store.ts';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/gate.tsx';
import classes from './administration-page.module.css';

const spans = ['rawDays', 'minuteDays', 'hourDays'] as const;
const LONGEST_DAYS = 3653;

const daysOf = (text: string): number | null => {
  const days = /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0;
  return days >= 1 && days <= LONGEST_DAYS ? days : null;
};

/** Changes the organization's name and how long values are kept. */
export const OrganizationForm = ({ organization }: { organization: Organization }) => {
  const { t } = useTranslation('administration');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const mayChange = useMay('organization:write');
  const [name, setName] = useState(organization.name);
  const [days, setDays] = useState({
    rawDays: String(organization.retention.rawDays),
    minuteDays: String(organization.retention.minuteDays),
    hourDays: String(organization.retention.hourDays),
  });
  const parsed = {
    rawDays: daysOf(days.rawDays),
    minuteDays: daysOf(days.minuteDays),
    hourDays: daysOf(days.hourDays),
  };
  const isRight = name.trim() !== '' && spans.every((span) => parsed[span] !== null);
  const isChanged =
    name.trim() !== organization.name || spans.some((span) => parsed[span] !== organization.retention[span]);
  const shortens = spans.some((span) => (parsed[span] ?? LONGEST_DAYS) < organization.retention[span]);

  const save = useMutation({
    mutationFn: () =>
      call(routes.identity.updateOrganization, {
        params: { id: organization.id },
        ifMatch: organization.version,
        body: {
          name: name.trim(),
          retention: {
            rawDays: parsed.rawDays ?? 1,
            minuteDays: parsed.minuteDays ?? 1,
            hourDays: parsed.hourDays ?? 1,
          },
        },
      }),
    onSuccess: (saved) => {
      client.setQueryData(['organization', organization.id], saved);
      renameOrganization(saved.name);
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) {
        void client.invalidateQueries({ queryKey: ['organization', organization.id] });
      }
    },
  });

  return (
    <form
      className={form.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (isRight && isChanged) save.mutate();
      }}
    >
      <TextInput
        label={t('organization.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={name.trim() === '' ? t('organization.needed') : faultOf(save.error, '/name')}
        readOnly={!mayChange}
        maxLength={120}
      />
      <p className={form.note}>{t('retention.text')}</p>
      <div className={form.pair}>
        {spans.map((span) => (
          <TextInput
            key={span}
            label={t(`retention.${span}`)}
            value={days[span]}
            onChange={({ currentTarget: { value } }) => setDays((before) => ({ ...before, [span]: value }))}
            error={
              parsed[span] === null
                ? t('retention.wrong', { longest: LONGEST_DAYS })
                : faultOf(save.error, `/retention/${span}`)
            }
            rightSection={<span className={form.note}>{t('retention.unit')}</span>}
            rightSectionWidth={48}
            inputMode="numeric"
            readOnly={!mayChange}
          />
        ))}
      </div>
      {shortens && isRight ? <p role="status">{t('retention.shorter')}</p> : null}
      <FormFault>{save.error ? text(save.error) : null}</FormFault>
      {mayChange ? (
        <div className={form.buttons}>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={!isRight || !isChanged}>
            {common('save')}
          </Button>
        </div>
      ) : (
        <p className={classes.saved}>{t('organization.readOnly')}</p>
      )}
    </form>
  );
};
