import type { DeviceTypeView } from '@muster/contract/solution';
import type { Value } from '@muster/contract/telemetry';
import type { Metric } from '../../chart/metric.ts';

const kindOf = (value: Value): Metric['kind'] => {
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'string';
};

/**
 * The metrics of a device: those of its type in the type's order, then what else it was heard to send, by name.
 * @param heard the newest value of every metric
 * @param language for the titles; English where a title lacks it
 */
export const metricsOf = (
  type: DeviceTypeView | null,
  heard: Readonly<Record<string, { value: Value }>>,
  language: string,
): Metric[] => {
  const defined = Object.entries(type?.metrics ?? {}).map(([name, definition]): Metric => {
    const [low, high] = definition.range ?? [];
    return {
      name,
      title: definition.titles[language] ?? definition.titles.en ?? definition.title,
      kind: definition.kind,
      unit: definition.unit,
      range: low !== undefined && high !== undefined ? [low, high] : null,
      limits: definition.limits,
      decimals: definition.decimals,
    };
  });
  const others = Object.entries(heard)
    .filter(([name]) => !Object.hasOwn(type?.metrics ?? {}, name))
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(
      ([name, { value }]): Metric => ({
        name,
        title: name,
        kind: kindOf(value),
        unit: null,
        range: null,
        limits: null,
        decimals: null,
      }),
    );
  return [...defined, ...others];
};

/** The title of a device type or of one of its events in a language. */
export const titleOf = (text: { title: string; titles: Record<string, string> }, language: string): string =>
  text.titles[language] ?? text.titles.en ?? text.title;
