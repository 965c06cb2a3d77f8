import { Button, Select } from '@mantine/core';
import type { ApiKey } from '@muster/contract/api-keys';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { KeySecret } from './key-secret.tsx';

const graces = ['0s', '1h', '24h', '168h'] as const;

/** Gives a key a new secret and shows it, once. */
export const RotateKeyDialog = ({ apiKey, onClose }: { apiKey: ApiKey; onClose(): void }) => {
  const { t } = useTranslation('apiKeys');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const [grace, setGrace] = useState<string>('24h');
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => call(routes.apiKeys.rotate, { params: { id: apiKey.id }, body: { grace } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['api-keys'] }),
  });
  const title = data ? t('made') : t('rotate.title', { name: apiKey.name });
  return (
    <Dialog onClose={onClose} title={title} size={520} keep={data !== undefined}>
      {data ? (
        <KeySecret secret={data.secret} onKept={onClose} />
      ) : (
        <div className={form.form}>
          <Select
            label={t('rotate.grace')}
            value={grace}
            onChange={(next) => setGrace(next ?? '24h')}
            data={graces.map((value) => ({ value, label: t(`rotate.graces.${value}`) }))}
          />
          <FormFault>{error ? text(error) : null}</FormFault>
          <div className={form.buttons}>
            <Button onClick={onClose} data-autofocus>
              {common('cancel')}
            </Button>
            <Button variant="filled" loading={isPending} onClick={() => mutate()}>
              {t('rotate.do')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
};
