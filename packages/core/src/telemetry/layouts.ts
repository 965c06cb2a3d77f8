import type { DeviceType } from '@muster/contract/solution';
import type pg from 'pg';

/**
 * An ordered list of numeric metrics of one device type in one organization: what the array of a telemetry row means.
 * Everything that ingest must decide about a value is decided once, here.
 */
export interface Layout {
  id: number;
  organization: number;
  metrics: readonly string[];
  index: ReadonlyMap<string, number>;
  /** Measuring range per metric; -Infinity and Infinity where the type names none. */
  low: Float64Array;
  high: Float64Array;
}

export interface LayoutCatalogue {
  /** The layout of exactly these metrics in this order, if the store knows it already. */
  find(organization: number, type: string, metrics: readonly string[]): Layout | undefined;
  /** Finds it or makes it. @throws when the store is away */
  resolve(organization: { id: string; number: number }, type: DeviceType, metrics: readonly string[]): Promise<Layout>;
  byId(id: number): Layout | undefined;
  load(): Promise<void>;
}

interface Row {
  id: number;
  organization_number: number;
  device_type: string;
  metrics: string[];
}

/** Every layout there is, kept in memory: they are few, a fleet of one type has one or two. */
export function createLayoutCatalogue(pool: pg.Pool, typeOf: (id: string) => DeviceType): LayoutCatalogue {
  const byKey = new Map<string, Layout>();
  const byId = new Map<number, Layout>();
  const underWay = new Map<string, Promise<Layout>>();

  function remember(row: Row): Layout {
    const known = byId.get(row.id);
    if (known) return known;
    const type = typeOf(row.device_type);
    const ranges = row.metrics.map((metric) => type.metrics[metric]?.range);
    const layout: Layout = {
      id: row.id,
      organization: row.organization_number,
      metrics: row.metrics,
      index: new Map(row.metrics.map((metric, index) => [metric, index])),
      low: Float64Array.from(ranges, (range) => range?.[0] ?? -Infinity),
      high: Float64Array.from(ranges, (range) => range?.[1] ?? Infinity),
    };
    byId.set(row.id, layout);
    byKey.set(keyOf(row.organization_number, row.device_type, row.metrics), layout);
    return layout;
  }

  async function make(organization: { id: string; number: number }, type: string, metrics: readonly string[]) {
    await pool.query(
      'insert into telemetry_layouts (organization_id, device_type, metrics) values ($1, $2, $3) on conflict do nothing',
      [organization.id, type, metrics],
    );
    const { rows } = await pool.query<{ id: number }>(
      'select id from telemetry_layouts where organization_id = $1 and device_type = $2 and metrics = $3',
      [organization.id, type, metrics],
    );
    const id = rows[0]?.id as number;
    return remember({ id, organization_number: organization.number, device_type: type, metrics: [...metrics] });
  }

  return {
    find: (organization, type, metrics) => byKey.get(keyOf(organization, type, metrics)),
    byId: (id) => byId.get(id),
    resolve(organization, type, metrics) {
      const key = keyOf(organization.number, type.id, metrics);
      const known = byKey.get(key);
      if (known) return Promise.resolve(known);
      const running = underWay.get(key);
      if (running) return running;
      const started = make(organization, type.id, metrics).finally(() => underWay.delete(key));
      underWay.set(key, started);
      return started;
    },
    async load() {
      const { rows } = await pool.query<Row>(
        `select l.id, o.number as organization_number, l.device_type, l.metrics
         from telemetry_layouts l join organizations o on o.id = l.organization_id`,
      );
      for (const row of rows) remember(row);
    },
  };
}

const keyOf = (organization: number, type: string, metrics: readonly string[]) =>
  `${organization}\0${type}\0${metrics.join('\0')}`;
