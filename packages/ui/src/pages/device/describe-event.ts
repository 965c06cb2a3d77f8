import type { DeviceTypeView } from '@muster/contract/solution';
import { titleOf } from './metrics.ts';

/** The event with which Muster notes that a device came or went. */
export const STATUS_EVENT = 'muster.status';

/** Says a key of the `device` texts, or else `defaultValue`. */
type Translate = (key: string, options: { defaultValue: string }) => string;

const word = (data: unknown, key: string): string | null => {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return null;
  const value: unknown = (data as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : null;
};

/**
 * One line that says what happened.
 * @param t of the `device` texts; a status or reason without a text is shown as it came
 */
export const describeEvent = (
  { type, data }: { type: string; data: unknown },
  deviceType: DeviceTypeView | null,
  t: Translate,
  language: string,
): string => {
  if (type === STATUS_EVENT) {
    const to = word(data, 'to') ?? '';
    const reason = word(data, 'reason') ?? '';
    const status = t(`status.${to}`, { defaultValue: to });
    return reason ? `${status}, ${t(`statusReason.${reason}`, { defaultValue: reason })}` : status;
  }
  const definition = Object.hasOwn(deviceType?.events ?? {}, type) ? deviceType?.events[type] : undefined;
  return definition ? titleOf(definition, language) : type;
};

/** The fields of an event's data as short texts, for one line; null: it is no flat object. */
export const flatFields = (data: unknown): [name: string, value: string][] | null => {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'object' && value !== null) return null;
    const text = String(value);
    if (text.length > 60) return null;
    fields.push([name, text]);
  }
  return fields.length <= 6 ? fields : null;
};
