import { Button, Textarea, TextInput } from '@mantine/core';
import type { Role } from '@muster/contract/access';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError, faultOf } from '../../../api/error.ts';
import { useRoles } from '../../../data/roles.ts';
import { Check } from '../../../parts/check.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { SaveButtons } from '../../../parts/save-buttons.tsx';
import { useDraft } from '../../../parts/use-draft.ts';
import { useRequestKey } from '../../../parts/use-request-key.ts';
import { madeOf } from './inheritance.ts';
import { PermissionChecks } from './permission-checks.tsx';
import classes from './roles.module.css';

interface RoleFormProps {
  /** The role to change; absent: a new one. */
  role?: Role;
  /** What a new one is made of. */
  parent?: string | undefined;
  onSaved(role: Role): void;
  onClose(): void;
}

const USUAL_IDLE = 30;

/** Makes a role, or changes one of the organization's. */
export const RoleForm = ({ role, parent, onSaved, onClose }: RoleFormProps) => {
  const { t } = useTranslation('roles');
  const common = useTranslation().t;
  const fault = useTranslation('error').t;
  const text = useErrorText();
  const client = useQueryClient();
  const keyOf = useRequestKey();
  const { roles, options, nameOf } = useRoles();
  const [isChecked, setChecked] = useState(false);
  const draft = useDraft({
    name: role?.name ?? '',
    description: role?.description ?? '',
    parents: role?.parents ?? (parent === undefined ? [] : [parent]),
    permissions: role?.permissions ?? [],
    idle: String(role?.idleMinutes ?? USUAL_IDLE),
  });
  const { name, description, parents, permissions, idle } = draft.fields;
  const idleMinutes = /^\d{1,3}$/.test(idle.trim()) ? Number(idle) : 0;
  const isIdleRight = idleMinutes >= 5 && idleMinutes <= 240;
  const forbidden = role ? madeOf(role.id, roles) : new Set<string>();

  const save = useMutation({
    mutationFn: (): Promise<Role> => {
      const body = { name: name.trim(), description: description.trim(), parents, permissions, idleMinutes };
      return role
        ? call(routes.access.updateRole, { params: { id: role.id }, ifMatch: role.version, body })
        : call(routes.access.createRole, { body, idempotencyKey: keyOf(body) });
    },
    onSuccess: async (saved) => {
      await Promise.all([['roles'], ['people']].map((queryKey) => client.invalidateQueries({ queryKey })));
      onSaved(saved);
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) void client.invalidateQueries({ queryKey: ['roles'] });
    },
  });
  const { error } = save;
  const status = error instanceof ApiError ? error.status : null;
  const isOvertaken = status === 412 || draft.isOvertaken;
  const isRight = name.trim() !== '' && isIdleRight;
  const words =
    error === null || status === 409 || (status === 422 && isAtField(error))
      ? null
      : status === 403
        ? t('fault.more')
        : text(error);
  const change = (part: Partial<typeof draft.fields>) => {
    draft.change(part);
    if (status !== 412) save.reset();
  };

  return (
    <Dialog onClose={onClose} title={role ? t('edit.title', { name: role.name }) : t('add.title')} size={640}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          setChecked(true);
          if (isRight && !isOvertaken) save.mutate();
        }}
      >
        <div className={form.pair}>
          <TextInput
            label={t('field.name')}
            value={name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            error={
              isChecked && name.trim() === ''
                ? t('field.needed')
                : status === 409
                  ? t('field.taken')
                  : faultOf(error, '/name')
            }
            autoComplete="off"
            maxLength={120}
            required
            data-autofocus
          />
          <TextInput
            label={t('field.idle')}
            value={idle}
            onChange={(event) => change({ idle: event.currentTarget.value })}
            error={isIdleRight ? faultOf(error, '/idleMinutes') : t('field.idleWrong')}
            rightSection={<span className={form.note}>{t('field.idleUnit')}</span>}
            inputMode="numeric"
          />
        </div>
        <Textarea
          label={t('field.description')}
          value={description}
          onChange={(event) => change({ description: event.currentTarget.value })}
          error={faultOf(error, '/description')}
          maxLength={500}
          rows={2}
        />
        <fieldset className={classes.checks}>
          <legend>{t('field.parents')}</legend>
          {options
            .filter(({ value }) => !forbidden.has(value))
            .map(({ value, label }) => (
              <Check
                key={value}
                label={label}
                checked={parents.includes(value)}
                onChange={(checked) =>
                  change({ parents: checked ? [...parents, value] : parents.filter((one) => one !== value) })
                }
              />
            ))}
        </fieldset>
        <PermissionChecks
          parents={parents}
          permissions={permissions}
          onChange={(next) => change({ permissions: next })}
          nameOf={nameOf}
        />
        <FormFault>{isOvertaken ? fault('412') : words}</FormFault>
        <SaveButtons
          canSave
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

const fields: ReadonlySet<string> = new Set(['/name', '/description', '/idleMinutes']);

const isAtField = (error: unknown): boolean =>
  error instanceof ApiError && error.problem?.errors.some(({ path }) => fields.has(path)) === true;
