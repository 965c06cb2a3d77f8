import { Button, Select, TextInput } from '@mantine/core';
import type { EnrollmentToken } from '@muster/contract/enrollment';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError } from '../../../api/error.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { SaveButtons } from '../../../parts/save-buttons.tsx';
import { useDraft } from '../../../parts/use-draft.ts';
import { formatTime } from '../../../time/format.ts';
import { useClockZone } from '../../../time/zone.ts';
import { endAfter, lifetimes, usesOf } from './fields.ts';
import { useFaultText } from './use-fault-text.ts';

const AS_IT_IS = 'asItIs';

/** Changes what a token is called, how many devices it registers and when it ends. */
export const ChangeTokenDialog = ({ token, onClose }: { token: EnrollmentToken; onClose(): void }) => {
  const { t, i18n } = useTranslation('enrollment');
  const common = useTranslation().t;
  const fault = useTranslation('error').t;
  const text = useFaultText();
  const client = useQueryClient();
  const { zone } = useClockZone();
  const { name, maxUses, expiresAt } = token;
  const draft = useDraft({ name, uses: String(maxUses), days: AS_IT_IS, expiresAt });
  const { fields } = draft;
  const uses = usesOf(fields.uses);
  const refresh = () => client.invalidateQueries({ queryKey: ['enrollment-tokens'] });
  const save = useMutation({
    mutationFn: () =>
      call(routes.enrollment.update, {
        params: { id: token.id },
        ifMatch: token.version,
        body: {
          name: fields.name.trim(),
          maxUses: uses ?? maxUses,
          ...(fields.days === AS_IT_IS ? {} : { expiresAt: endAfter(fields.days) }),
        },
      }),
    onSuccess: async () => {
      await refresh();
      onClose();
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) void refresh();
    },
  });
  const isStale = save.error instanceof ApiError && save.error.status === 412;
  const isOvertaken = isStale || draft.isOvertaken;
  const canSave = draft.isChanged && fields.name.trim() !== '' && uses !== null;
  const now = formatTime(Date.parse(expiresAt), { language: i18n.language, zone, style: 'moment' });
  return (
    <Dialog onClose={onClose} title={t('change.title', { name })} size={520}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (canSave && !isOvertaken && !save.isPending) save.mutate();
        }}
      >
        <TextInput
          label={t('field.name')}
          value={fields.name}
          onChange={(event) => draft.change({ name: event.currentTarget.value })}
          maxLength={120}
          autoComplete="off"
          data-autofocus
          required
        />
        <div className={form.pair}>
          <TextInput
            label={t('field.uses')}
            description={t('field.usesSoFar', { count: token.uses })}
            value={fields.uses}
            onChange={(event) => draft.change({ uses: event.currentTarget.value })}
            error={uses === null ? t('field.usesWrong') : null}
            inputMode="numeric"
            autoComplete="off"
          />
          <Select
            label={t('change.end')}
            data={[
              { value: AS_IT_IS, label: t('change.asItIs', { time: now }) },
              ...lifetimes.map((value) => ({ value, label: t(`change.in.${value}`) })),
            ]}
            value={fields.days}
            onChange={(next) => draft.change({ days: next ?? AS_IT_IS })}
            allowDeselect={false}
          />
        </div>
        <FormFault>{isOvertaken ? fault('412') : save.error ? text(save.error) : null}</FormFault>
        <SaveButtons
          canSave={canSave}
          isSaving={save.isPending}
          isOvertaken={isOvertaken}
          onLoadAgain={() => {
            draft.giveUp();
            save.reset();
          }}
        >
          <Button onClick={onClose}>{common('cancel')}</Button>
        </SaveButtons>
      </form>
    </Dialog>
  );
};
