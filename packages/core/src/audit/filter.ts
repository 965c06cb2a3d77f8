import { type RawBuilder, sql } from 'kysely';
import { malformed } from '../platform/errors.ts';

export interface AuditFilter {
  actor?: string;
  action?: string;
  object?: string;
  result?: 'done' | 'refused';
  from?: string;
  to?: string;
  text?: string;
}

/** Does the filter let everything through? */
export const isEmpty = ({ actor, action, object, result, from, to, text }: AuditFilter): boolean =>
  [actor, action, object, result, from, to, text].every((part) => part === undefined);

const containing = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** 30 February has the shape of a day. */
function momentOf(path: string, text: string): Date {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) throw malformed('The query is not right.', [{ path, message: 'is no time' }]);
  return moment;
}

/** The condition on rows of `audit_entries`. @throws MusterError `malformed` for a time that there is not */
export function conditionOf({ actor, action, object, result, from, to, text }: AuditFilter): RawBuilder<unknown> {
  const pattern = text === undefined ? undefined : containing(text);
  return sql.join(
    [
      sql`true`,
      ...(actor ? [sql`(actor_id = ${actor} or actor_name ilike ${containing(actor)})`] : []),
      ...(action ? [sql`starts_with(action, ${action})`] : []),
      ...(object ? [sql`starts_with(object, ${object})`] : []),
      ...(result ? [sql`result = ${result}`] : []),
      ...(from ? [sql`at >= ${momentOf('/from', from)}`] : []),
      ...(to ? [sql`at < ${momentOf('/to', to)}`] : []),
      ...(pattern
        ? [
            sql`(action ilike ${pattern} or object ilike ${pattern} or actor_name ilike ${pattern}
              or address ilike ${pattern} or details::text ilike ${pattern})`,
          ]
        : []),
    ],
    sql` and `,
  );
}
