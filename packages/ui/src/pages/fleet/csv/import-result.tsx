import type { ImportReport } from '@muster/contract/imports';
import { useTranslation } from 'react-i18next';
import table from '../../../parts/table.module.css';
import classes from './import-dialog.module.css';

/** More would not be read by anybody. */
const SHOWN = 200;

/** What a file would do, or did, and what is wrong with it, row by row. */
export const ImportResult = ({ report }: { report: ImportReport }) => {
  const { t } = useTranslation('imports');
  const { t: errors } = useTranslation('error');
  const { dryRun, rows, created, changed, left, problemCount, problems, changes } = report;
  const shown = problemCount > 0 ? problems.slice(0, SHOWN) : [];
  const listed = problemCount === 0 && dryRun ? changes.slice(0, SHOWN) : [];
  const more = problemCount > 0 ? problemCount - shown.length : created + changed - listed.length;
  return (
    <div className={classes.result} role="status">
      <p className={classes.heading}>
        {problemCount > 0
          ? t('problems', { count: problemCount })
          : t(dryRun ? (created + changed > 0 ? 'ready' : 'nothing') : 'done')}
      </p>
      <dl className={classes.counts}>
        {(
          [
            ['rows', rows],
            ['created', created],
            ['changed', changed],
            ['left', left],
          ] as const
        ).map(([name, count]) => (
          <div key={name}>
            <dt>{t(`count.${name}`)}</dt>
            <dd>{t('number', { count })}</dd>
          </div>
        ))}
      </dl>
      {shown.length + listed.length > 0 ? (
        <section
          className={classes.scroller}
          aria-label={t(problemCount > 0 ? 'problemList' : 'changeList')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard too
          tabIndex={0}
        >
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t('column.row')}</th>
                <th scope="col">{t('column.column')}</th>
                <th scope="col">{t(problemCount > 0 ? 'column.problem' : 'column.what')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ row, column, code, message, params }) => (
                <tr key={`${row} ${column} ${code} ${message}`}>
                  <td>{row}</td>
                  <td>{column ?? ''}</td>
                  <td className={classes.text}>{errors(`fault.${code}`, { defaultValue: message, ...params })}</td>
                </tr>
              ))}
              {listed.map(({ row, what, name, columns }) => (
                <tr key={row}>
                  <td>{row}</td>
                  <td>{columns.join(', ')}</td>
                  <td className={classes.text}>{t(`what.${what}`, { name })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : null}
      {more > 0 && (problemCount > 0 || dryRun) ? <p className={classes.more}>{t('more', { count: more })}</p> : null}
    </div>
  );
};
