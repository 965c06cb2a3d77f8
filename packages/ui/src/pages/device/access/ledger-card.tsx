import { useTranslation } from 'react-i18next';
import { useLedger } from '../../../data/ledger.ts';
import { LedgerFacts } from '../../../parts/ledger-facts.tsx';
import { LoadFault } from '../../../parts/load-fault.tsx';
import classes from './access.module.css';

/** What became of every message of the device. */
export const LedgerCard = ({ deviceId }: { deviceId: string }) => {
  const { t } = useTranslation('ledger');
  const { data, error, refetch } = useLedger(deviceId);
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  return (
    <section className={classes.card}>
      <h2>{t('ofDevice')}</h2>
      <p className={classes.muted}>{t('text')}</p>
      <LedgerFacts ledger={data} withReasons />
    </section>
  );
};
