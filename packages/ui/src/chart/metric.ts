import type { Limits } from '@muster/contract/solution';

/** One metric as charts, tiles and tables need it: its definition in the viewer's language, or a guess from its values. */
export interface Metric {
  name: string;
  title: string;
  kind: 'number' | 'boolean' | 'string';
  unit: string | null;
  /** Measuring range; a value outside of it is of quality `bad`. */
  range: readonly [low: number, high: number] | null;
  limits: Limits | null;
  /** Digits after the decimal point; null: as the value needs. */
  decimals: number | null;
}
