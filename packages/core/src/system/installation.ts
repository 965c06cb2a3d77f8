import { statfs } from 'node:fs/promises';
import type { Installation } from '@muster/contract/system';
import { sql } from 'kysely';
import type { DelayMeter } from '../live/index.ts';
import type { Context } from '../platform/context.ts';
import type { Db } from '../platform/db/store.ts';
import { reading } from '../platform/mutation.ts';
import type { RateMeter } from './figures.ts';

export interface InstallationDeps {
  db: Db;
  meter: RateMeter;
  delay: DelayMeter;
  dataDir: string;
  /** Free bytes are those of the data directory only when the database lies in it. */
  embedded: boolean;
  version: string;
  startedAt: Date;
  urls(): { http: string; mqtt: string };
}

/** Sizes change slowly and cost a walk over files: they are looked up this seldom. */
const SIZES_MS = 60_000;
const DAY_MS = 86_400_000;
/** Growth is told from samples at least this far apart. */
const GROWTH_MS = 10 * 60_000;

interface Sample {
  at: number;
  used: number;
}

/** Reads the figures of the installation. */
export function createInstallationReader(deps: InstallationDeps): (ctx: Context) => Promise<Installation> {
  const samples: Sample[] = [];

  async function sizes(ctx: Context): Promise<Sample> {
    const newest = samples.at(-1);
    if (newest && Date.now() - newest.at < SIZES_MS) return newest;
    const used = await reading(deps.db, ctx, 'system:read', async ({ db }) => {
      const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db);
      return rows[0]?.bytes ?? 0;
    });
    const sample = { at: Date.now(), used };
    samples.push(sample);
    if (samples.length > DAY_MS / SIZES_MS) samples.shift();
    return sample;
  }

  return async (ctx) => {
    const newest = await sizes(ctx);
    const free = deps.embedded ? await statfs(deps.dataDir).then((fs) => fs.bavail * fs.bsize) : null;
    const { messagesPerSecond, pointsPerSecond } = deps.meter.of(ctx.organizationNumber);
    return {
      version: deps.version,
      startedAt: deps.startedAt.toISOString(),
      messagesPerSecond,
      pointsPerSecond,
      delayP99Ms: deps.delay.p99(),
      storage: { freeBytes: free, usedBytes: newest.used, daysLeft: daysLeft(samples, free) },
      mqtt: { url: deps.urls().mqtt },
      http: { url: deps.urls().http },
    };
  };
}

/** At the growth since the oldest sample of the last day; null: not known yet, or it does not grow. */
function daysLeft(samples: readonly Sample[], free: number | null): number | null {
  const [oldest, newest] = [samples[0], samples.at(-1)];
  if (free === null || !oldest || !newest || newest.at - oldest.at < GROWTH_MS) return null;
  const perDay = ((newest.used - oldest.used) / (newest.at - oldest.at)) * DAY_MS;
  return perDay > 0 ? free / perDay : null;
}
