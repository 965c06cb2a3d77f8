import type { AuditVerification } from '@muster/contract/audit';
import { useTranslation } from 'react-i18next';
import { StateMark, StateShape } from '../../theme/state-mark.tsx';
import classes from './audit.module.css';

/** What verification found: whole, or the first entry that is not as it was written. */
export const VerifyResult = ({ report }: { report: AuditVerification }) => {
  const { t } = useTranslation('audit');
  const { problem, entries, erased, unchained, checkpoints } = report;
  return (
    <div className={classes.verified} role="status">
      {problem ? (
        <>
          <StateMark severity="critical">{t('verify.broken')}</StateMark>
          <p>
            {t('verify.first', { seq: problem.seq })} {t(`fault.${problem.what}`)}
          </p>
          <p className={classes.muted}>{t('verify.advice')}</p>
        </>
      ) : (
        <>
          <p className={classes.outcome}>
            <StateShape state="online" /> {t(unchained > 0 ? 'verify.wholeChain' : 'verify.whole')}
          </p>
          <p>
            {t('verify.entries', { count: entries })} {erased > 0 ? `${t('verify.erased', { count: erased })} ` : ''}
            {checkpoints === 0 ? t('verify.unsigned') : t('verify.signatures', { count: checkpoints })}
          </p>
        </>
      )}
      {unchained > 0 ? <p>{t('verify.unchained', { count: unchained })}</p> : null}
    </div>
  );
};
