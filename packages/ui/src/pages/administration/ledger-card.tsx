import { useTranslation } from 'react-i18next';
import { useLedger } from '../../data/ledger.ts';
import { LedgerFacts } from '../../parts/ledger-facts.tsx';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Card } from '../../parts/page.tsx';

/** What became of every message, with the reasons of refusals. */
export const LedgerCard = () => {
  const { t } = useTranslation('ledger');
  const { data, error, refetch } = useLedger();
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  return (
    <Card title={t('title')}>
      <LedgerFacts ledger={data} withReasons />
    </Card>
  );
};
