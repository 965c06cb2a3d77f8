import { Button, Skeleton } from '@mantine/core';
import type { IdentityProvider } from '@muster/contract/openid';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { useMay } from '../../../api/session.tsx';
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Page } from '../../../parts/page.tsx';
import { AdministrationTabs } from '../administration-tabs.tsx';
import classes from '../credentials.module.css';
import { ProviderDialog } from './provider-dialog.tsx';
import { ProviderRow } from './provider-row.tsx';
import { TestDialog } from './test-dialog.tsx';

type Action = { kind: 'add' } | { kind: 'edit' | 'test' | 'delete'; provider: IdentityProvider };

const queryKey = ['identity-providers'];

/** Where people of the organization may sign in beside their password. */
const ProvidersPage = () => {
  const { t } = useTranslation('providers');
  const mayChange = useMay('identity-provider:write');
  const [action, setAction] = useState<Action | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => call(routes.identityProviders.list, { signal }),
  });
  const close = () => setAction(null);
  return (
    <Page
      title={t('title')}
      note={data ? t('total', { count: data.items.length }) : null}
      actions={
        mayChange ? (
          <Button variant="filled" disabled={!data} onClick={() => setAction({ kind: 'add' })}>
            {t('add')}
          </Button>
        ) : null
      }
    >
      <AdministrationTabs />
      {error ? <LoadFault error={error} onRetry={refetch} /> : null}
      {isPending ? <Skeleton height={160} /> : null}
      {data && data.items.length > 0 ? (
        <ul className={classes.list} aria-label={t('title')}>
          {data.items.map((provider) => (
            <ProviderRow
              key={provider.id}
              provider={provider}
              mayChange={mayChange}
              onAction={(kind) => setAction({ kind, provider })}
            />
          ))}
        </ul>
      ) : null}
      {data?.items.length === 0 ? <p className={classes.empty}>{t('none')}</p> : null}
      {data && action?.kind === 'add' ? (
        <ProviderDialog
          provider={null}
          redirectUri={data.redirectUri}
          onAdded={(provider) => setAction({ kind: 'test', provider })}
          onClose={close}
        />
      ) : null}
      {data && action?.kind === 'edit' ? (
        <ProviderDialog provider={action.provider} redirectUri={data.redirectUri} onAdded={close} onClose={close} />
      ) : null}
      {action?.kind === 'test' ? <TestDialog provider={action.provider} mayChange={mayChange} onClose={close} /> : null}
      {action?.kind === 'delete' ? (
        <ConfirmDialog
          title={t('deleteTitle', { name: action.provider.name })}
          text={t('deleteText')}
          action={t('delete')}
          queryKey={queryKey}
          act={() => call(routes.identityProviders.delete, { params: { id: action.provider.id } })}
          onClose={close}
        />
      ) : null}
    </Page>
  );
};

export default ProvidersPage;
