import { useTranslation } from 'react-i18next';
import { useMay, useSession } from '../../api/session.tsx';
import { Page } from '../../parts/page.tsx';
import classes from './administration-page.module.css';
import { AdministrationTabs } from './administration-tabs.tsx';
import { HealthCard } from './health-card.tsx';
import { LedgerCard } from './ledger-card.tsx';
import { OrganizationCard } from './organization-card.tsx';

/** The organization's settings, and how the installation does. */
const AdministrationPage = () => {
  const { t } = useTranslation('administration');
  const { user } = useSession();
  const maySeeSystem = useMay('system:read');
  const maySeeLedger = useMay('telemetry:read');
  return (
    <Page title={t('title')}>
      <AdministrationTabs />
      <div className={classes.columns}>
        {user ? <OrganizationCard id={user.organization.id} /> : null}
        {maySeeLedger ? <LedgerCard /> : null}
        {maySeeSystem ? <HealthCard /> : null}
      </div>
    </Page>
  );
};

export default AdministrationPage;
