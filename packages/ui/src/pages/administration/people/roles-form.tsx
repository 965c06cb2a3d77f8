import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { type FormEvent, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError } from '../../../api/error.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { SaveButtons } from '../../../parts/save-buttons.tsx';
import { useDraft } from '../../../parts/use-draft.ts';
import { assignmentsOf, rowsOf } from './assignments.ts';
import { RoleRows } from './role-rows.tsx';
import { useFaultText } from './use-fault-text.ts';
import { usePersonChange } from './use-person-change.ts';

/** Gives a person roles, and takes them away. */
export const RolesForm = ({ person, mayChange }: { person: Person; mayChange: boolean }) => {
  const fault = useTranslation('error').t;
  const text = useFaultText('lastOwner');
  const held = JSON.stringify(person.roles);
  const draft = useDraft(useMemo(() => ({ rows: rowsOf(JSON.parse(held)) }), [held]));
  const { rows } = draft.fields;
  const assignments = assignmentsOf(rows);
  const save = usePersonChange(
    person.id,
    () =>
      call(routes.users.assignRoles, {
        params: { id: person.id },
        ifMatch: person.version,
        body: { roles: assignments ?? [] },
      }),
    draft.giveUp,
  );
  const isOvertaken = save.isStale || draft.isOvertaken;
  const { error } = save;
  const isAtField = error instanceof ApiError && error.status === 422 && error.problem?.errors.length !== 0;
  const canSave = draft.isChanged && !isOvertaken && assignments !== null;
  return (
    <form
      className={form.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (canSave) save.mutate();
      }}
    >
      <RoleRows
        rows={rows}
        onChange={(next) => {
          draft.change({ rows: next });
          if (!save.isStale) save.reset();
        }}
        error={error}
        readOnly={!mayChange}
        isTitled
      />
      <FormFault>{isOvertaken ? fault('412') : error && !isAtField ? text(error) : null}</FormFault>
      {mayChange ? (
        <SaveButtons
          canSave={canSave}
          isSaving={save.isPending}
          isSaved={save.isSuccess && !draft.isChanged}
          isOvertaken={isOvertaken}
          onLoadAgain={() => {
            draft.giveUp();
            save.reset();
          }}
        />
      ) : null}
    </form>
  );
};
