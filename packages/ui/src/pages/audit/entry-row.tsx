import type { AuditEntry } from '@muster/contract/audit';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { StateMark } from '../../theme/state-mark.tsx';
import { useTimes } from '../device/use-times.ts';
import classes from './audit.module.css';
import { actionOf, objectOf } from './describe.ts';
import { EntryDetails } from './entry-details.tsx';
import type { ChangeAuditSearch } from './search.ts';

interface EntryRowProps {
  entry: AuditEntry;
  /** Names of people by their ids. */
  names: ReadonlyMap<string, string>;
  isOpen: boolean;
  onToggle(): void;
  onSearch: ChangeAuditSearch;
}

/** One entry on a line; its button opens what was changed. */
export const EntryRow = ({ entry, names, isOpen, onToggle, onSearch }: EntryRowProps) => {
  const { t } = useTranslation('audit');
  const { moment, exact } = useTimes();
  const below = useId();
  const at = Date.parse(entry.at);
  const { kind, name: known } = objectOf(entry);
  const name = (kind === 'user' ? names.get(known) : undefined) ?? known;
  const action = actionOf(entry);
  const who =
    entry.actor.kind === 'user' ? entry.actor.name : t(`actor.${entry.actor.id}`, { defaultValue: entry.actor.name });
  return (
    <>
      <tr className={classes.row} data-open={isOpen}>
        <td className={`${classes.cell} ${classes.when}`}>
          <time className={classes.time} dateTime={entry.at} title={exact(at)}>
            {moment(at)}
          </time>
        </td>
        <td className={`${classes.cell} ${classes.who}`}>
          {entry.erased ? <span className={classes.muted}>{t('erased')}</span> : <span data-from-server>{who}</span>}
        </td>
        <td className={`${classes.cell} ${classes.what}`}>
          <button
            className={classes.opener}
            type="button"
            aria-expanded={isOpen}
            aria-controls={below}
            onClick={onToggle}
          >
            <span data-from-server={t(`action.${action}`, { defaultValue: '' }) === '' ? '' : undefined}>
              {t(`action.${action}`, { defaultValue: action })}
            </span>
          </button>
        </td>
        <td className={`${classes.cell} ${classes.object}`}>
          {kind === null ? null : <span className={classes.muted}>{t(`object.${kind}`, { defaultValue: kind })} </span>}
          {kind === null && name === 'audit' ? t('object.audit') : <span data-from-server>{name}</span>}
        </td>
        <td className={`${classes.cell} ${classes.result}`}>
          {entry.result === 'refused' ? (
            <StateMark severity="warning">{t('result.refused')}</StateMark>
          ) : (
            <span className={classes.muted}>{t('result.done')}</span>
          )}
        </td>
        <td className={`${classes.cell} ${classes.address}`}>
          <span className={classes.muted}>{entry.address ?? '–'}</span>
        </td>
      </tr>
      {isOpen ? (
        <tr className={classes.below} id={below}>
          <td className={classes.opened} colSpan={6}>
            <EntryDetails entry={entry} names={names} onSearch={onSearch} />
          </td>
        </tr>
      ) : null}
    </>
  );
};
