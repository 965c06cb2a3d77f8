import { fromZonedInput } from '../device/zoned-input.ts';
import type { AuditSearch } from './search.ts';

const startOf = (day: string, zone: string): string | undefined => {
  const ts = fromZonedInput(`${day}T00:00:00`, zone);
  return ts === null ? undefined : new Date(ts).toISOString();
};

const dayAfter = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/** What the list and the export are limited to. */
export const filterOf = ({ q, area, result, actor, object, from, to }: AuditSearch, zone: string) => ({
  ...(q ? { text: q } : {}),
  ...(area ? { action: `${area}.` } : {}),
  ...(result ? { result } : {}),
  ...(actor ? { actor } : {}),
  ...(object ? { object } : {}),
  ...(from ? { from: startOf(from, zone) } : {}),
  ...(to ? { to: startOf(dayAfter(to), zone) } : {}),
});
