import type { Ledger } from '@muster/contract/telemetry';
import { useTranslation } from 'react-i18next';
import { rejectedOf, unaccountedOf } from '../data/ledger.ts';
import { Fact, Facts } from './facts.tsx';
import { useFormats } from './formats.ts';

interface LedgerFactsProps {
  /** Undefined: on its way. */
  ledger: Ledger | undefined;
  /** What was refused is told apart by its reason. */
  withReasons?: boolean;
}

/** What became of every message: the parts make the whole, or something is lost. */
export const LedgerFacts = ({ ledger, withReasons = false }: LedgerFactsProps) => {
  const { t } = useTranslation('ledger');
  const { number } = useFormats();
  const reasons = withReasons ? Object.entries(ledger?.rejected ?? {}).toSorted(([, a], [, b]) => b - a) : [];
  const unaccounted = ledger ? unaccountedOf(ledger) : undefined;
  return (
    <Facts>
      <Fact name={t('received')} value={number(ledger?.received)} />
      <Fact name={t('stored')} value={number(ledger?.stored)} />
      <Fact name={t('duplicates')} value={number(ledger?.duplicates)} />
      <Fact name={t('rejected')} value={number(ledger && rejectedOf(ledger))} />
      {reasons.map(([reason, count]) => (
        <Fact key={reason} name={t(`reason.${reason}`, { defaultValue: reason })} value={number(count)} isPart />
      ))}
      <Fact name={t('pending')} value={number(ledger?.pending)} />
      <Fact name={t('unaccounted')} value={number(unaccounted)} severity={unaccounted ? 'critical' : null} />
    </Facts>
  );
};
