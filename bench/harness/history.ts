import { genericDeviceType } from '@muster/contract/solution';
import { createLog } from '@muster/core';
import { startEmbeddedPostgres } from '@muster/core/platform/db/embedded/start';
import { connectAlone } from '@muster/core/platform/db/pool';
import { type Channel, createTelemetry } from '@muster/core/telemetry/index';
import { atEnd } from './clean-up.ts';

/**
 * The server's own telemetry, without the network before it, on the data of a server that has stopped: how days of history
 * are written in minutes. Checks, COPY, newest values, rollups and checkpoints are the ones that devices meet.
 */
export interface History {
  /** Takes one message; waits when too much is under way. @throws Error when it is refused */
  write(deviceId: string, payload: string): Promise<void> | undefined;
  /** Waits until everything is committed and writes what is derived, as the server does by itself every two minutes. */
  checkpoint(): Promise<void>;
  /** Adds closed hours to the rollup of hours, as the server does by itself every quarter of an hour. */
  rollHours(): Promise<void>;
  /** Bytes on disk of measured values, minutes and hours, each with its indexes. */
  sizes(): Promise<Sizes>;
  messages: number;
  stop(): Promise<void>;
}

export interface Sizes {
  values: number;
  indexes: number;
  rollups: number;
  total: number;
}

interface DeviceRow {
  number: number;
  deviceId: string;
  organizationId: string;
  organization: number;
  slug: string;
  rawDays: number;
}

/** Messages that may wait for their commit. */
const UNDER_WAY = 20_000;

export async function openHistory(dataDir: string): Promise<History> {
  const log = createLog('error');
  const database = await startEmbeddedPostgres({ directory: `${dataDir}/postgresql`, log });
  atEnd(database.stop);
  const settings = { connection: database.connection };
  const telemetry = createTelemetry({ settings, log, typeOf: () => genericDeviceType, onPressure: () => undefined });
  await telemetry.start();
  const client = await connectAlone(settings, 'owner');
  const channels = new Map<string, Channel>();
  const { rows } = await client.query<DeviceRow>(
    `select d.number, d.device_id as "deviceId", o.id as "organizationId", o.number as organization, o.slug, o.raw_days as "rawDays"
     from devices d join organizations o on o.id = d.organization_id`,
  );
  for (const { number, deviceId, organizationId, organization, slug, rawDays } of rows) {
    const home = { id: organizationId, number: organization, slug, rawDays };
    const identity = { number, deviceId, type: 'generic', status: 'online' as const, lastSeen: 0, organization: home };
    channels.set(deviceId, await telemetry.channels.open(identity));
  }

  let underWay = 0;
  let refused: string | undefined;
  let room: PromiseWithResolvers<void> | undefined;
  const settled = (outcome: { refusal?: { detail: string } }) => {
    refused ??= outcome.refusal?.detail;
    underWay--;
    if (underWay > UNDER_WAY / 2) return;
    room?.resolve();
    room = undefined;
  };
  const history: History = {
    messages: 0,
    write(deviceId, payload) {
      if (refused !== undefined) throw new Error(`a message was refused: ${refused}`);
      history.messages++;
      underWay++;
      telemetry.ingest.publish(channels.get(deviceId) as Channel, Buffer.from(payload), '', settled);
      if (underWay < UNDER_WAY) return undefined;
      room ??= Promise.withResolvers<void>();
      return room.promise;
    },
    async checkpoint() {
      await telemetry.writer.settle();
      await telemetry.keeper.checkpoint();
    },
    rollHours: () => telemetry.keeper.rollHours(),
    async sizes() {
      const { rows: found } = await client.query<Sizes>(
        `select coalesce(sum(pg_table_size(oid)) filter (where relname like 'telemetry\\_o%'), 0)::bigint as values,
           coalesce(sum(pg_indexes_size(oid)) filter (where relname like 'telemetry\\_o%'), 0)::bigint as indexes,
           coalesce(sum(pg_total_relation_size(oid)) filter (where relname not like 'telemetry\\_o%'), 0)::bigint as rollups,
           sum(pg_total_relation_size(oid))::bigint as total
         from pg_class where relkind = 'r' and relname ~ '^telemetry(_minutes|_hours)?_o[0-9]+_[0-9]+$'`,
      );
      return found[0] as Sizes;
    },
    async stop() {
      await client.end();
      await telemetry.stop();
      await database.stop();
    },
  };
  return history;
}
