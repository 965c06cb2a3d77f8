export type Aggregate = 'avg' | 'min' | 'max' | 'last' | 'minmax';

export interface RangeQuery {
  metrics: readonly string[];
  /** ms since 1970; `to` is not included. */
  from: number;
  to: number;
  /** Most buckets to answer. */
  points: number;
  aggregate: Aggregate;
}
