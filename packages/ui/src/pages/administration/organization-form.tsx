import { TextInput } from '@mantine/core';
import type { Organization } from '@muster/contract/identity';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { ApiError, faultOf } from '../../api/error.ts';
import { useMay } from '../../api/session.tsx';
import { renameOrganization, renewSession } from '../../api/session-store.ts';
import { Check } from '../../parts/check.tsx';
import { useErrorText } from '../../parts/error-text.ts';
import form from '../../parts/form.module.css';
import { FormFault } from '../../parts/form-fault.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';
import classes from './administration-page.module.css';
import { RetentionDialog } from './retention-dialog.tsx';

const spans = ['rawDays', 'minuteDays', 'hourDays'] as const;
const LONGEST_DAYS = 3653;

/** What may be asked of everybody's sign-in. */
const rules = ['secondFactorRequired', 'passwordClasses'] as const;

interface Fields {
  name: string;
  rules: Record<(typeof rules)[number], boolean>;
  days: Record<(typeof spans)[number], string>;
}

const fieldsOf = ({ name, retention, secondFactorRequired, passwordClasses }: Organization): Fields => ({
  name,
  rules: { secondFactorRequired, passwordClasses },
  days: {
    rawDays: String(retention.rawDays),
    minuteDays: String(retention.minuteDays),
    hourDays: String(retention.hourDays),
  },
});

const isOvertaken = (error: unknown): boolean => error instanceof ApiError && error.status === 412;

const daysOf = (text: string): number | null => {
  const days = /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0;
  return days >= 1 && days <= LONGEST_DAYS ? days : null;
};

/** Changes the organization's name and how long values are kept. What is typed stays until it is saved or given up. */
export const OrganizationForm = ({ organization }: { organization: Organization }) => {
  const { t } = useTranslation('administration');
  const fault = useTranslation('error').t;
  const text = useErrorText();
  const client = useQueryClient();
  const mayChange = useMay('organization:write');
  /** What was typed over which version; null: nothing. */
  const [draft, setDraft] = useState<{ basis: Organization; fields: Fields } | null>(null);
  const basis = draft?.basis ?? organization;
  const { name, days, rules: asked } = draft?.fields ?? fieldsOf(organization);
  const change = (part: Partial<Fields>) => {
    const fields = { name, rules: asked, days, ...part };
    const isBack = JSON.stringify(fields) === JSON.stringify(fieldsOf(basis));
    setDraft(isBack ? null : { basis, fields });
  };
  const parsed = {
    rawDays: daysOf(days.rawDays),
    minuteDays: daysOf(days.minuteDays),
    hourDays: daysOf(days.hourDays),
  };
  const isRight = name.trim() !== '' && spans.every((span) => parsed[span] !== null);
  const isChanged =
    name.trim() !== basis.name ||
    spans.some((span) => parsed[span] !== basis.retention[span]) ||
    rules.some((rule) => asked[rule] !== basis[rule]);
  const shorter = spans
    .map((span) => ({ span, days: parsed[span] ?? LONGEST_DAYS }))
    .filter(({ span, days }) => days < basis.retention[span]);
  const [isAsking, setAsking] = useState(false);

  const save = useMutation({
    mutationFn: () =>
      call(routes.identity.updateOrganization, {
        params: { id: organization.id },
        ifMatch: basis.version,
        body: {
          name: name.trim(),
          ...asked,
          retention: {
            rawDays: parsed.rawDays ?? 1,
            minuteDays: parsed.minuteDays ?? 1,
            hourDays: parsed.hourDays ?? 1,
          },
        },
      }),
    onSuccess: (saved) => {
      client.setQueryData(['organization', organization.id], saved);
      setDraft(null);
      renameOrganization(saved.name);
      // whoever asks a second factor of everybody is asked for his own
      if (saved.secondFactorRequired !== basis.secondFactorRequired) void renewSession().catch(() => undefined);
      else if (saved.passwordClasses !== basis.passwordClasses) void client.invalidateQueries({ queryKey: ['me'] });
    },
    onError: (error) => {
      if (isOvertaken(error)) void client.invalidateQueries({ queryKey: ['organization', organization.id] });
    },
  });
  const overtaken = isOvertaken(save.error) || (isChanged && organization.version !== basis.version);
  const giveUp = () => {
    setDraft(null);
    save.reset();
  };

  return (
    <>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (!isRight || !isChanged || overtaken) return;
          if (shorter.length > 0) setAsking(true);
          else save.mutate();
        }}
      >
        <TextInput
          label={t('organization.name')}
          value={name}
          onChange={(event) => change({ name: event.currentTarget.value })}
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
              onChange={(event) => change({ days: { ...days, [span]: event.currentTarget.value } })}
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
        <fieldset className={classes.rules}>
          <legend>{t('rules.title')}</legend>
          {rules.map((rule) => (
            <Check
              key={rule}
              label={t(`rules.${rule}`)}
              note={t(`rules.${rule}Note`)}
              checked={asked[rule]}
              disabled={!mayChange}
              onChange={(checked) => change({ rules: { ...asked, [rule]: checked } })}
            />
          ))}
        </fieldset>
        {shorter.length > 0 && isRight ? <p role="status">{t('retention.shorter')}</p> : null}
        <FormFault>{overtaken ? fault('412') : save.error ? text(save.error) : null}</FormFault>
        {mayChange ? (
          <SaveButtons
            canSave={isRight && isChanged}
            isSaving={save.isPending}
            isSaved={save.isSuccess && !isChanged}
            isOvertaken={overtaken}
            onLoadAgain={giveUp}
          />
        ) : (
          <p className={classes.saved}>{t('organization.readOnly')}</p>
        )}
      </form>
      {isAsking ? (
        <RetentionDialog
          shorter={shorter}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            save.mutate();
          }}
        />
      ) : null}
    </>
  );
};
