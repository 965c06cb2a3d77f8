import { Button, Skeleton } from '@mantine/core';
import type { ApiKey } from '@muster/contract/api-keys';
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
import { KeyRow } from './key-row.tsx';
import { MakeKeyDialog } from './make-key-dialog.tsx';
import { RotateKeyDialog } from './rotate-key-dialog.tsx';

type Action = { kind: 'make' } | { kind: 'rotate' | 'revoke'; apiKey: ApiKey };

/** The credentials of scripts: made, given a new secret, ended. */
const ApiKeysPage = () => {
  const { t } = useTranslation('apiKeys');
  const administration = useTranslation('administration').t;
  const mayChange = useMay('api-key:write');
  const [action, setAction] = useState<Action | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['api-keys'],
    queryFn: ({ signal }) => call(routes.apiKeys.list, { signal }),
  });
  const close = () => setAction(null);
  return (
    <Page
      title={t('title')}
      note={data ? t('total', { count: data.items.length }) : null}
      actions={
        mayChange ? (
          <Button variant="filled" onClick={() => setAction({ kind: 'make' })}>
            {t('make.do')}
          </Button>
        ) : null
      }
    >
      <AdministrationTabs />
      {error ? <LoadFault error={error} onRetry={refetch} /> : null}
      {isPending ? <Skeleton height={160} /> : null}
      {data && data.items.length > 0 ? (
        <ul className={classes.list} aria-label={t('title')}>
          {data.items.map((apiKey) => (
            <KeyRow
              key={apiKey.id}
              apiKey={apiKey}
              mayChange={mayChange}
              onAction={(kind) => setAction({ kind, apiKey })}
            />
          ))}
        </ul>
      ) : null}
      {data?.items.length === 0 ? <p className={classes.empty}>{t('none')}</p> : null}
      {action?.kind === 'make' ? <MakeKeyDialog onClose={close} /> : null}
      {action?.kind === 'rotate' ? <RotateKeyDialog apiKey={action.apiKey} onClose={close} /> : null}
      {action?.kind === 'revoke' ? (
        <ConfirmDialog
          title={administration('revoke.title', { name: action.apiKey.name })}
          text={t('revoke.text')}
          action={administration('revoke.do')}
          queryKey={['api-keys']}
          act={() => call(routes.apiKeys.revoke, { params: { id: action.apiKey.id } })}
          onClose={close}
        />
      ) : null}
    </Page>
  );
};

export default ApiKeysPage;
