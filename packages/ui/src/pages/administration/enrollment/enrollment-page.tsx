import { Button, Skeleton } from '@mantine/core';
import type { EnrollmentToken } from '@muster/contract/enrollment';
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
import { ChangeTokenDialog } from './change-token-dialog.tsx';
import { MakeTokenDialog } from './make-token-dialog.tsx';
import { TokenRow } from './token-row.tsx';

type Action = { kind: 'make' } | { kind: 'change' | 'revoke'; token: EnrollmentToken };
const queryKey = ['enrollment-tokens'];

/** The credentials with which new devices register themselves: made, changed, ended. */
const EnrollmentPage = () => {
  const { t } = useTranslation('enrollment');
  const administration = useTranslation('administration').t;
  const mayChange = useMay('enrollment:write');
  const [action, setAction] = useState<Action | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => call(routes.enrollment.list, { signal }),
  });
  const close = () => setAction(null);
  const current = (token: EnrollmentToken) => data?.items.find(({ id }) => id === token.id) ?? token;
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
          {data.items.map((token) => (
            <TokenRow
              key={token.id}
              token={token}
              mayChange={mayChange}
              onAction={(kind) => setAction({ kind, token })}
            />
          ))}
        </ul>
      ) : null}
      {data?.items.length === 0 ? <p className={classes.empty}>{t('none')}</p> : null}
      {action?.kind === 'make' ? <MakeTokenDialog onClose={close} /> : null}
      {action?.kind === 'change' ? <ChangeTokenDialog token={current(action.token)} onClose={close} /> : null}
      {action?.kind === 'revoke' ? (
        <ConfirmDialog
          title={administration('revoke.title', { name: action.token.name })}
          text={t('revoke.text')}
          action={administration('revoke.do')}
          queryKey={queryKey}
          act={() => call(routes.enrollment.revoke, { params: { id: action.token.id } })}
          onClose={close}
        />
      ) : null}
    </Page>
  );
};

export default EnrollmentPage;
