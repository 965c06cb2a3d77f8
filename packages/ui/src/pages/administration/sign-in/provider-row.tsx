import { Button } from '@mantine/core';
import type { IdentityProvider } from '@muster/contract/openid';
import { useTranslation } from 'react-i18next';
import { useRoles } from '../../../data/roles.ts';
import { StateShape } from '../../../theme/state-mark.tsx';
import classes from '../credentials.module.css';

interface ProviderRowProps {
  provider: IdentityProvider;
  mayChange: boolean;
  onAction(kind: 'edit' | 'test' | 'delete'): void;
}

/** One provider: where it is, and what it opens. */
export const ProviderRow = ({ provider, mayChange, onAction }: ProviderRowProps) => {
  const { t } = useTranslation('providers');
  const { nameOf } = useRoles();
  const { name, issuer, enabled, linkByEmail, createPeople, role, mailDomains, trustsSecondFactor } = provider;
  return (
    <li className={classes.key}>
      <span className={classes.name}>
        <b>{name}</b> <code>{issuer}</code>
      </span>
      <span className={classes.details}>
        {enabled ? null : (
          <span data-over>
            <StateShape state="warning" />
            {t('disabled')}
          </span>
        )}
        {linkByEmail ? <span>{t('links')}</span> : null}
        {createPeople ? <span>{t('creates', { role: nameOf(role ?? '') })}</span> : null}
        {mailDomains.length > 0 ? <span>{mailDomains.join(', ')}</span> : null}
        {trustsSecondFactor ? <span>{t('trusts')}</span> : null}
      </span>
      {mayChange ? (
        <span className={classes.actions}>
          {(['test', 'edit'] as const).map((kind) => (
            <Button key={kind} size="xs" onClick={() => onAction(kind)} aria-label={t(`${kind}Named`, { name })}>
              {t(kind)}
            </Button>
          ))}
          <Button size="xs" onClick={() => onAction('delete')} aria-label={t('deleteNamed', { name })}>
            {t('delete')}
          </Button>
        </span>
      ) : null}
    </li>
  );
};
