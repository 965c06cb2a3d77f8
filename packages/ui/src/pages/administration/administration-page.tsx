import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay, useSession } from '../../api/session.tsx';
import { Page } from '../../parts/page.tsx';
import classes from './administration-page.module.css';
import { HealthCard } from './health-card.tsx';
import { LedgerCard } from './ledger-card.tsx';
import { OrganizationCard } from './organization-card.tsx';

/** The organization's settings, and how the installation does. */
const AdministrationPage = () => {
  const { t } = useTranslation('administration');
  const { user } = useSession();
  const maySeeSystem = useMay('system:read');
  const maySeeLedger = useMay('telemetry:read');
  const audit = useTranslation('audit').t;
  const mayAudit = useMay('audit:read');
  return (
    <Page
      title={t('title')}
      actions={
        mayAudit ? (
          <Button renderRoot={(props) => <Link to="/administration/audit" {...props} />}>{audit('open')}</Button>
        ) : null
      }
    >
      <div className={classes.columns}>
        {user ? <OrganizationCard id={user.organization.id} /> : null}
        {maySeeLedger ? <LedgerCard /> : null}
        {maySeeSystem ? <HealthCard /> : null}
      </div>
    </Page>
  );
};

export default AdministrationPage;
