import { Button, Skeleton } from '@mantine/core';
import type { IdentityProvider } from '@muster/contract/openid';
import { routes } from '@muster/contract/routes';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import { Fact, Facts } from '../../../parts/facts.tsx';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';

interface TestDialogProps {
  provider: IdentityProvider;
  mayChange: boolean;
  onClose(): void;
}

/** Asks the provider who it is, and shows what it said or what is wrong with it; one that passes may be put on the sign-in page. */
export const TestDialog = ({ provider, mayChange, onClose }: TestDialogProps) => {
  const { t } = useTranslation('providers');
  const text = useErrorText();
  const { data, error } = useQuery({
    queryKey: ['identity-provider-test', provider.id],
    queryFn: ({ signal }) => call(routes.identityProviders.test, { params: { id: provider.id }, signal }),
    // each look at it is a test of now
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const client = useQueryClient();
  const enable = useMutation({
    mutationFn: () =>
      call(routes.identityProviders.update, {
        params: { id: provider.id },
        ifMatch: provider.version,
        body: { enabled: true },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['identity-providers'] });
      onClose();
    },
  });
  const word = (is: boolean) => t(is ? 'tested.yes' : 'tested.no');
  return (
    <Dialog onClose={onClose} title={t('tested.title', { name: provider.name })} size={560}>
      <div className={form.form}>
        {data || error ? null : (
          <>
            <p role="status">{t('tested.asking')}</p>
            <Skeleton height={120} />
          </>
        )}
        <FormFault>{error ? text(error) : null}</FormFault>
        {data?.fault ? (
          <>
            <FormFault>{t(`fault.${data.fault}`)}</FormFault>
            <p className={form.note}>{data.detail}</p>
          </>
        ) : null}
        {data?.found ? (
          <>
            <p role="status">{t('tested.fine')}</p>
            <Facts>
              <Fact name={t('tested.authorization')} value={data.found.authorizationEndpoint} />
              <Fact name={t('tested.token')} value={data.found.tokenEndpoint} />
              <Fact name={t('tested.keys')} value={String(data.found.keys)} />
              <Fact name={t('tested.pkce')} value={word(data.found.pkce)} />
              <Fact name={t('tested.iss')} value={word(data.found.namesItself)} />
            </Facts>
          </>
        ) : null}
        {data && !provider.enabled ? (
          <p className={form.note}>{t(data.found ? 'tested.off' : 'tested.stays')}</p>
        ) : null}
        <FormFault>{enable.error ? text(enable.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {t('tested.close')}
          </Button>
          {data?.found && mayChange && !provider.enabled ? (
            <Button variant="filled" loading={enable.isPending} onClick={() => enable.mutate()}>
              {t('tested.enable')}
            </Button>
          ) : null}
        </div>
      </div>
    </Dialog>
  );
};
