import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { addressOf } from '../../api/address.ts';
import { call } from '../../api/client.ts';
import type { SignInSearch } from '../../nav/return.ts';
import classes from './sign-in.module.css';

/** Where one may sign in beside the password. Whether they can be listed or not, the password is asked for. */
export const ProviderButtons = ({ search: { to, organization } }: { search: SignInSearch }) => {
  const { t } = useTranslation('signIn');
  const { data } = useQuery({
    queryKey: ['openid-providers', organization],
    queryFn: ({ signal }) => call(routes.openid.providers, { query: { organization }, signal }),
    staleTime: 60_000,
  });
  if (!data || data.items.length === 0) return null;
  return (
    <>
      <div className={classes.or} aria-hidden>
        {t('or')}
      </div>
      <div className={classes.providers}>
        {data.items.map(({ id, name }) => (
          <Button key={id} component="a" href={addressOf(routes.openid.start, { id }, { returnTo: to })}>
            {t('with', { name })}
          </Button>
        ))}
      </div>
    </>
  );
};
