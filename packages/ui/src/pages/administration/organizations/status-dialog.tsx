import { Button } from '@mantine/core';
import type { OrganizationEntry } from '@muster/contract/organizations';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';

/** Asks once, by name, before an organization is shut out or let in again. */
export const StatusDialog = ({ organization, onClose }: { organization: OrganizationEntry; onClose(): void }) => {
  const { t } = useTranslation('organizations');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const { id, name, version, people, devices } = organization;
  // what is asked stays what it was, also while the answer is on its way
  const [act] = useState(organization.status === 'active' ? 'disable' : 'enable');
  const change = useMutation({
    mutationFn: () =>
      call(routes.identity.updateOrganization, {
        params: { id },
        ifMatch: version,
        body: { status: act === 'disable' ? 'disabled' : 'active' },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ['organizations'] }),
    onSuccess: onClose,
  });
  return (
    <Dialog onClose={onClose} title={t(`${act}.title`, { name })} size={480}>
      <div className={form.form}>
        <p>
          {t(`${act}.text`, {
            people: t('people', { count: people }),
            devices: t('devices', { count: devices }),
          })}
        </p>
        <FormFault>{change.error ? text(change.error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose} data-autofocus>
            {common('cancel')}
          </Button>
          <Button
            variant="filled"
            {...(act === 'disable' ? { color: 'critical' } : {})}
            loading={change.isPending}
            onClick={() => change.mutate()}
          >
            {t(`${act}.named`, { name })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};
