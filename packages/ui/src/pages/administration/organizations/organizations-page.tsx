import { Button, Skeleton } from '@mantine/core';
import type { OrganizationEntry } from '@muster/contract/organizations';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Page } from '../../../parts/page.tsx';
import { AdministrationTabs } from '../administration-tabs.tsx';
import classes from '../credentials.module.css';
import { MakeOrganizationDialog } from './make-organization-dialog.tsx';
import { OrganizationRow } from './organization-row.tsx';
import { StatusDialog } from './status-dialog.tsx';

type Action = { kind: 'make' } | { kind: 'status'; id: string };

/** All organizations of the installation, for whoever owns it: how large they are, and nothing of what is inside. */
const OrganizationsPage = () => {
  const { t } = useTranslation('organizations');
  const [action, setAction] = useState<Action | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['organizations'],
    queryFn: ({ signal }) => call(routes.organizations.list, { signal }),
  });
  const close = () => setAction(null);
  const organizations: readonly OrganizationEntry[] = data?.items ?? [];
  const asked = action?.kind === 'status' ? organizations.find(({ id }) => id === action.id) : undefined;
  return (
    <Page
      title={t('title')}
      note={data ? t('total', { count: organizations.length }) : null}
      actions={
        <Button variant="filled" onClick={() => setAction({ kind: 'make' })}>
          {t('make.do')}
        </Button>
      }
    >
      <AdministrationTabs />
      {error ? <LoadFault error={error} onRetry={refetch} /> : null}
      {isPending ? <Skeleton height={160} /> : null}
      {data ? (
        <ul className={classes.list} aria-label={t('title')}>
          {organizations.map((organization) => (
            <OrganizationRow
              key={organization.id}
              organization={organization}
              onStatus={() => setAction({ kind: 'status', id: organization.id })}
            />
          ))}
        </ul>
      ) : null}
      {action?.kind === 'make' ? <MakeOrganizationDialog onClose={close} /> : null}
      {asked ? <StatusDialog organization={asked} onClose={close} /> : null}
    </Page>
  );
};

export default OrganizationsPage;
