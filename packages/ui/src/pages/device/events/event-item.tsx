import { useTranslation } from 'react-i18next';
import { flatFields, STATUS_EVENT } from '../describe-event.ts';
import { Fields } from '../fields.tsx';
import { useTimes } from '../use-times.ts';
import classes from './events.module.css';
import type { EventRow } from './use-events.ts';

/** Data that arrived so much later than it was measured is late, ms. */
const LATE_MS = 60_000;

/** One event with its time and its data: short data on the line, longer data to open. */
export const EventItem = ({ row, title }: { row: EventRow; title: string }) => {
  const { t } = useTranslation('device');
  const { moment, exact } = useTimes();
  const late = row.receivedAt !== null && row.receivedAt - row.ts > LATE_MS;
  return (
    <li className={classes.item}>
      <time className={classes.when} dateTime={new Date(row.ts).toISOString()} title={exact(row.ts)}>
        {moment(row.ts)}
      </time>
      <div className={classes.what}>
        <span className={classes.title}>{title}</span>
        {title === row.type || row.type === STATUS_EVENT ? null : <code className={classes.type}>{row.type}</code>}
        {late && row.receivedAt !== null ? (
          <span className={classes.late} title={exact(row.receivedAt)}>
            {t('events.late', { time: moment(row.receivedAt) })}
          </span>
        ) : null}
        {row.type === STATUS_EVENT ? null : <EventData data={row.data} />}
      </div>
    </li>
  );
};

const EventData = ({ data }: { data: unknown }) => {
  const { t } = useTranslation('device');
  const fields = flatFields(data);
  if (fields) return <Fields fields={fields} />;
  return (
    <details className={classes.details}>
      <summary>{t('events.data')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={classes.json} tabIndex={0}>
        {JSON.stringify(data, null, 2)}
      </pre>
    </details>
  );
};
