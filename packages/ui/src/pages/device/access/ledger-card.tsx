import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../../parts/error-text.ts';
import classes from './access.module.css';
import { rejectedOf, useLedger } from './use-ledger.ts';

/** What became of every message of the device: the parts always make the whole. */
export const LedgerCard = ({ deviceId }: { deviceId: string }) => {
  const { t, i18n } = useTranslation('device');
  const errorText = useErrorText();
  const { data, error } = useLedger(deviceId);
  const number = (value: number) => new Intl.NumberFormat(i18n.language).format(value);
  const reasons = Object.entries(data?.rejected ?? {}).sort(([, a], [, b]) => b - a);
  return (
    <section className={classes.card}>
      <h2>{t('ledger.title')}</h2>
      <p className={classes.muted}>{t('ledger.text')}</p>
      {error ? <p role="alert">{errorText(error)}</p> : null}
      {data ? (
        <table className={classes.ledger}>
          <tbody>
            <tr>
              <th scope="row">{t('ledger.received')}</th>
              <td>{number(data.received)}</td>
            </tr>
            <tr>
              <th scope="row">{t('ledger.stored')}</th>
              <td>{number(data.stored)}</td>
            </tr>
            <tr>
              <th scope="row">{t('ledger.duplicates')}</th>
              <td>{number(data.duplicates)}</td>
            </tr>
            <tr>
              <th scope="row">{t('ledger.rejected')}</th>
              <td>{number(rejectedOf(data))}</td>
            </tr>
            {reasons.map(([reason, count]) => (
              <tr key={reason} className={classes.reason}>
                <th scope="row">{t(`reasons.${reason}`, { defaultValue: reason })}</th>
                <td>{number(count)}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">{t('ledger.pending')}</th>
              <td>{number(data.pending)}</td>
            </tr>
          </tbody>
        </table>
      ) : null}
    </section>
  );
};
