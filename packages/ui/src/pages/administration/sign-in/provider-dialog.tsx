import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import type { IdentityProvider } from '@muster/contract/openid';
import { routes } from '@muster/contract/routes';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { ApiError, faultOf } from '../../../api/error.ts';
import { useRoles } from '../../../data/roles.ts';
import { Check } from '../../../parts/check.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { useErrorText } from '../../../parts/error-text.ts';
import form from '../../../parts/form.module.css';
import { FormFault } from '../../../parts/form-fault.tsx';
import { CopyLine } from '../../device/copy-line.tsx';
import { bodyOf, fieldsOf, isComplete } from './fields.ts';
import classes from './provider-dialog.module.css';

interface ProviderDialogProps {
  /** null: a new one. */
  provider: IdentityProvider | null;
  redirectUri: string;
  /** A new one is there. */
  onAdded(provider: IdentityProvider): void;
  onClose(): void;
}

/** A new one is put on the sign-in page once it was tested. */
const checks = ['enabled', 'trustsSecondFactor', 'linkByEmail', 'createPeople'] as const;

/** Adds a provider, or changes one: what to enter there, what it gave, and what it opens. */
export const ProviderDialog = ({ provider, redirectUri, onAdded, onClose }: ProviderDialogProps) => {
  const { t } = useTranslation('providers');
  const common = useTranslation().t;
  const text = useErrorText();
  const client = useQueryClient();
  const { options } = useRoles();
  const [fields, setFields] = useState(() => fieldsOf(provider));
  const change = (part: Partial<typeof fields>) => setFields((before) => ({ ...before, ...part }));
  const save = useMutation({
    mutationFn: () => {
      const body = bodyOf(fields);
      return provider
        ? call(routes.identityProviders.update, { params: { id: provider.id }, body, ifMatch: provider.version })
        : call(routes.identityProviders.create, { body });
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ['identity-providers'] });
      if (provider) onClose();
      else onAdded(saved);
    },
  });
  const { error, isPending } = save;
  const faultAt = (name: string) => faultOf(error, `/${name}`) ?? null;
  const isAtField = error instanceof ApiError && ['issuer', 'role', 'mailDomains/0'].some((name) => faultAt(name));
  const isReady = isComplete(fields);
  return (
    <Dialog onClose={onClose} title={provider ? t('editTitle', { name: provider.name }) : t('addTitle')} size={600}>
      <form
        className={form.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (isReady && !isPending) save.mutate();
        }}
      >
        <p>{t('redirect')}</p>
        <CopyLine label={t('redirectLabel')} text={redirectUri} />
        <TextInput
          label={t('field.name')}
          description={t('field.nameHint')}
          value={fields.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          maxLength={120}
          data-autofocus
          required
        />
        <TextInput
          label={t('field.issuer')}
          description={t('field.issuerHint')}
          value={fields.issuer}
          onChange={(event) => change({ issuer: event.currentTarget.value })}
          error={faultAt('issuer')}
          inputMode="url"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={500}
          required
        />
        <div className={form.pair}>
          <TextInput
            label={t('field.clientId')}
            value={fields.clientId}
            onChange={(event) => change({ clientId: event.currentTarget.value })}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={500}
            required
          />
          <PasswordInput
            label={t('field.clientSecret')}
            description={t(provider?.hasSecret ? 'field.secretKept' : 'field.secretHint')}
            value={fields.clientSecret}
            onChange={(event) => change({ clientSecret: event.currentTarget.value })}
            autoComplete="off"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            visibilityToggleButtonProps={{ 'aria-label': t('field.show') }}
            maxLength={1000}
          />
        </div>
        <div className={classes.checks}>
          {checks
            .filter((name) => provider || name !== 'enabled')
            .map((name) => (
              <Check
                key={name}
                label={t(`field.${name}`)}
                note={t(`field.${name}Hint`)}
                checked={fields[name]}
                onChange={(checked) => change({ [name]: checked })}
              />
            ))}
        </div>
        {fields.createPeople ? (
          <Select
            label={t('field.role')}
            data={options.filter(({ value }) => value !== 'owner')}
            value={fields.role}
            onChange={(role) => change({ role })}
            error={faultAt('role')}
            searchable
            required
          />
        ) : null}
        {fields.createPeople || fields.linkByEmail ? (
          <TextInput
            label={t('field.domains')}
            description={t('field.domainsHint')}
            value={fields.mailDomains}
            onChange={(event) => change({ mailDomains: event.currentTarget.value })}
            error={faultAt('mailDomains/0')}
            autoCapitalize="none"
            spellCheck={false}
          />
        ) : null}
        <TextInput
          label={t('field.scopes')}
          description={t('field.scopesHint')}
          value={fields.scopes}
          onChange={(event) => change({ scopes: event.currentTarget.value })}
          autoCapitalize="none"
          spellCheck={false}
        />
        <FormFault>{error && !isAtField ? text(error) : null}</FormFault>
        <div className={form.buttons}>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="filled" loading={isPending} disabled={!isReady}>
            {t(provider ? 'save' : 'addSubmit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
