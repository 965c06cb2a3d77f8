import { Button } from '@mantine/core';
import type { AuditEntry } from '@muster/contract/audit';
import { useTranslation } from 'react-i18next';
import { useTimes } from '../device/use-times.ts';
import classes from './audit.module.css';
import { changesOf } from './describe.ts';
import type { ChangeAuditSearch } from './search.ts';
import { useFieldWords } from './use-field-words.ts';

interface EntryDetailsProps {
  entry: AuditEntry;
  names: ReadonlyMap<string, string>;
  onSearch: ChangeAuditSearch;
}

/** What was changed, and everything else that the entry knows. */
export const EntryDetails = ({ entry, names, onSearch }: EntryDetailsProps) => {
  const { t } = useTranslation('audit');
  const { exact } = useTimes();
  const { fieldOf, wordsOf } = useFieldWords(names);
  const { compares, changes } = changesOf(entry.details);
  return (
    <div className={classes.details}>
      {changes.length === 0 ? (
        <p className={classes.muted}>{t(entry.erased ? 'details.erased' : 'details.none')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className={classes.scroller} aria-label={t('details.title')} tabIndex={0}>
          <table className={classes.changes}>
            <thead>
              <tr>
                <th scope="col" className={classes.label}>
                  {t('details.field')}
                </th>
                {compares ? (
                  <th scope="col" className={classes.label}>
                    {t('details.before')}
                  </th>
                ) : null}
                <th scope="col" className={classes.label}>
                  {t(compares ? 'details.after' : 'details.value')}
                </th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ name, before, after }) => (
                <tr key={name}>
                  <th scope="row" className={classes.field}>
                    {fieldOf(name)}
                  </th>
                  {compares ? (
                    <td className={classes.value} data-from-server>
                      {wordsOf(name, before)}
                    </td>
                  ) : null}
                  <td className={classes.value} data-from-server>
                    {wordsOf(name, after)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <dl className={classes.facts}>
        <div>
          <dt className={classes.fact}>{t('details.seq')}</dt>
          <dd>{entry.seq}</dd>
        </div>
        <div>
          <dt className={classes.fact}>{t('details.exact')}</dt>
          <dd>{exact(Date.parse(entry.at))}</dd>
        </div>
        <div>
          <dt className={classes.fact}>{t('column.object')}</dt>
          <dd>
            <code>{entry.object}</code>
          </dd>
        </div>
        <div>
          <dt className={classes.fact}>{t('details.request')}</dt>
          <dd>
            <code>{entry.requestId}</code>
          </dd>
        </div>
        {entry.erases ? (
          <div>
            <dt className={classes.fact}>{t('details.erases')}</dt>
            <dd>{entry.erases.replaceAll('-', '–').replaceAll(',', ', ')}</dd>
          </div>
        ) : null}
        {entry.userAgent ? (
          <div>
            <dt className={classes.fact}>{t('details.userAgent')}</dt>
            <dd data-from-server>{entry.userAgent}</dd>
          </div>
        ) : null}
        {entry.hash ? (
          <div>
            <dt className={classes.fact}>{t('details.hash')}</dt>
            <dd>
              <code>{entry.hash}</code>
            </dd>
          </div>
        ) : null}
      </dl>
      <div className={classes.buttons}>
        <Button size="xs" onClick={() => onSearch({ actor: entry.actor.id })}>
          {t('details.onlyActor', { name: entry.actor.name })}
        </Button>
        <Button size="xs" onClick={() => onSearch({ object: entry.object })}>
          {t('details.onlyObject')}
        </Button>
      </div>
    </div>
  );
};
