import { useTranslation } from 'react-i18next';
import { rejectedOf, unaccountedOf, useLedger } from '../../data/ledger.ts';
import { useFormats } from '../../parts/formats.ts';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Card } from '../../parts/page.tsx';
import classes from './administration-page.module.css';

/** What became of every message, with the reasons of refusals. */
export const LedgerCard = () => {
  const { t } = useTranslation('administration');
  const reasonText = useTranslation('device').t;
  const { number } = useFormats();
  const { data, error, refetch } = useLedger();
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  const reasons = Object.entries(data?.rejected ?? {}).toSorted(([, a], [, b]) => b - a);
  const unaccounted = data ? unaccountedOf(data) : 0;
  return (
    <Card title={t('ledger.title')}>
      <dl className={classes.facts}>
        <div>
          <dt>{t('ledger.received')}</dt>
          <dd>{number(data?.received)}</dd>
        </div>
        <div>
          <dt>{t('ledger.stored')}</dt>
          <dd>{number(data?.stored)}</dd>
        </div>
        <div>
          <dt>{t('ledger.duplicates')}</dt>
          <dd>{number(data?.duplicates)}</dd>
        </div>
        <div>
          <dt>{t('ledger.rejected')}</dt>
          <dd>{number(data && rejectedOf(data))}</dd>
        </div>
        {reasons.map(([reason, count]) => (
          <div key={reason} className={classes.sub}>
            <dt>{reasonText(`reasons.${reason}`, { defaultValue: reason })}</dt>
            <dd>{number(count)}</dd>
          </div>
        ))}
        <div>
          <dt>{t('ledger.pending')}</dt>
          <dd>{number(data?.pending)}</dd>
        </div>
        <div>
          <dt>{t('ledger.unaccounted')}</dt>
          <dd className={unaccounted === 0 ? undefined : classes.alarming}>{number(data && unaccounted)}</dd>
        </div>
      </dl>
    </Card>
  );
};
