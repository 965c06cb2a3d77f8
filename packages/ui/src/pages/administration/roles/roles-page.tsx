import { Button, Select, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { Role } from '@muster/contract/access';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../../api/session.tsx';
import { useRoles } from '../../../data/roles.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Card, Page } from '../../../parts/page.tsx';
import { AdministrationTabs } from '../administration-tabs.tsx';
import { DeleteRoleDialog } from './delete-role-dialog.tsx';
import { RoleDetails } from './role-details.tsx';
import { RoleForm } from './role-form.tsx';
import { RoleMatrix } from './role-matrix.tsx';
import type { RolesSearch } from './search.ts';

interface RolesPageProps {
  search: RolesSearch;
  onSearch(next: RolesSearch): void;
}

type Action = { kind: 'add'; parent?: string } | { kind: 'edit'; role: Role } | { kind: 'delete'; role: Role };

/** Which role may do what; the organization's own ones are made, changed and deleted here. */
const RolesPage = ({ search, onSearch }: RolesPageProps) => {
  const { t } = useTranslation('roles');
  const mayChange = useMay('role:write');
  const { roles, find, nameOf, options, error, isPending, refetch } = useRoles();
  // A matrix is wider than a phone: there one role at a time is looked at.
  const isNarrow = useMediaQuery('(max-width: 639px)', false, { getInitialValueInEffect: false });
  const [action, setAction] = useState<Action | null>(null);
  const role = find(search.role) ?? (isNarrow ? roles[0] : undefined);
  const close = () => setAction(null);

  const details = role ? (
    <RoleDetails
      role={role}
      mayChange={mayChange}
      onEdit={() => setAction({ kind: 'edit', role })}
      onDelete={() => setAction({ kind: 'delete', role })}
      onDerive={() => setAction({ kind: 'add', parent: role.id })}
    />
  ) : null;
  return (
    <Page
      title={t('title')}
      note={isPending || error ? null : t('total', { count: roles.length })}
      actions={
        mayChange ? (
          <Button variant="filled" onClick={() => setAction({ kind: 'add' })}>
            {t('add.do')}
          </Button>
        ) : null
      }
    >
      <AdministrationTabs />
      {error ? <LoadFault error={error} onRetry={refetch} /> : null}
      {isPending && !error ? <Skeleton height={320} /> : null}
      {isNarrow && role ? (
        <>
          <Select
            label={t('pick')}
            data={options}
            value={role.id}
            onChange={(id) => onSearch({ role: id ?? undefined })}
            searchable
          />
          <Card title={nameOf(role.id)}>{details}</Card>
        </>
      ) : null}
      {!isNarrow && roles.length > 0 ? <RoleMatrix onOpen={(id) => onSearch({ role: id })} /> : null}
      {!isNarrow && role && !action ? (
        <Dialog title={nameOf(role.id)} onClose={() => onSearch({ role: undefined })} size={560}>
          {details}
        </Dialog>
      ) : null}
      {action?.kind === 'add' || action?.kind === 'edit' ? (
        <RoleForm
          {...(action.kind === 'edit' ? { role: find(action.role.id) ?? action.role } : { parent: action.parent })}
          onSaved={(saved) => {
            onSearch({ role: saved.id });
            close();
          }}
          onClose={close}
        />
      ) : null}
      {action?.kind === 'delete' ? (
        <DeleteRoleDialog
          role={action.role}
          onDeleted={() => {
            onSearch({ role: undefined });
            close();
          }}
          onClose={close}
        />
      ) : null}
    </Page>
  );
};

export default RolesPage;
