import { deviceColumns, type ImportReport } from '@muster/contract/imports';
import { sql } from 'kysely';
import type { DeviceRow } from '../devices/index.ts';
import { type PlaceKinds, pathOf, readTree, type SortedTree, walk } from '../places/index.ts';
import { tellAll } from '../platform/bus.ts';
import type { Context, TransactionContext } from '../platform/context.ts';
import { type Db, inWhole, isDeadlock, isUniqueViolation } from '../platform/db/store.ts';
import { conflict } from '../platform/errors.ts';
import { mutation, reading } from '../platform/mutation.ts';
import { createProblems } from './cells.ts';
import { checkPlacing, lockPlaces } from './check-placing.ts';
import { type DeviceColumn, type DevicePlan, type PlannedDevice, planDevices } from './plan-devices.ts';
import { makeReport, refuseProblems } from './report.ts';
import { readTable, type Table } from './table.ts';

const TRIES = 3;

/**
 * Creates and changes devices by a file: all of it, or nothing.
 * @throws MusterError `invalid` with every problem, unless it is a dry run; `too_large`, `conflict` when somebody changed them meanwhile
 */
export async function importDevices(
  db: Db,
  ctx: Context,
  bytes: Uint8Array,
  dryRun: boolean,
  types: ReadonlyMap<string, unknown>,
  kinds: PlaceKinds,
): Promise<ImportReport> {
  const table = readTable(bytes, deviceColumns, ['deviceId']);
  const work = async (inside: TransactionContext) => {
    const { plan, problems } = await prepare(inside, table, types, kinds);
    const rows = table.rows.length + new Set(table.problems.map(({ row }) => row)).size;
    return { plan, problems, report: makeReport(dryRun, rows, plan.outcomes, problems) };
  };
  if (dryRun) return reading(db, ctx, 'device:write', async (inside) => (await work(inside)).report);
  for (let left = TRIES - 1; ; left--) {
    try {
      return await mutation(db, ctx, 'device:write', async (inside) => {
        const { plan, problems, report } = await work(inside);
        refuseProblems(problems);
        await write(inside, plan);
        const { rows, created, changed, left } = report;
        return [report, { action: 'devices.imported', object: 'devices', details: { rows, created, changed, left } }];
      });
    } catch (error) {
      // the states of many devices are written meanwhile, in an order of their own
      if (left === 0 || !isDeadlock(error)) throw error;
    }
  }
}

async function prepare(
  inside: TransactionContext,
  table: Table<DeviceColumn>,
  types: ReadonlyMap<string, unknown>,
  kinds: PlaceKinds,
) {
  const problems = createProblems(table.problems);
  const ids = [...new Set(table.rows.flatMap(({ cells }) => cells.deviceId || []))];
  const tree = await readTree(inside);
  // places before devices, as everybody locks them
  const candidates = new Set([...placesNamed(table, tree), ...(await placesOf(inside, ids))]);
  const places = await lockPlaces(inside, [...candidates]);
  const known = await lockDevices(inside, ids);
  for (const { place_id } of known.values()) {
    if (place_id !== null && !candidates.has(place_id)) throw conflict('Devices were moved meanwhile. Try again.');
  }
  const taken = await idsTaken(inside, ids, known);
  const everywhere = inside.grants.get('device:write') === 'everywhere';
  const plan = planDevices(table, { known, taken, tree, types, everywhere }, problems);
  await checkPlacing(inside, places, plan, kinds, problems);
  return { plan, problems };
}

function placesNamed({ rows }: Table<DeviceColumn>, { roots }: SortedTree): string[] {
  const paths = new Set(rows.map(({ cells }) => cells.place));
  return [...walk(roots)].filter((node) => paths.has(pathOf(node))).map(({ row }) => row.id);
}

async function placesOf({ db }: TransactionContext, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ place_id: string }>`
    select distinct place_id from devices where device_id = any(${[...ids]}::text[]) and place_id is not null`.execute(
    db,
  );
  return rows.map(({ place_id }) => place_id);
}

async function lockDevices({ db }: TransactionContext, ids: readonly string[]): Promise<Map<string, DeviceRow>> {
  const { rows } = await sql<DeviceRow>`
    select * from devices where device_id = any(${[...ids]}::text[]) order by number for no key update`.execute(db);
  return new Map(rows.map((row) => [row.device_id, row]));
}

/** Ids that the caller can not have: of devices that he does not see. */
async function idsTaken(
  inside: TransactionContext,
  ids: readonly string[],
  known: ReadonlyMap<string, DeviceRow>,
): Promise<Set<string>> {
  const unknown = ids.filter((id) => !known.has(id));
  const { rows } = await inWhole(inside, () =>
    sql<{ device_id: string }>`select device_id from devices where device_id = any(${unknown}::text[])`.execute(
      inside.db,
    ),
  );
  return new Set(rows.map(({ device_id }) => device_id));
}

async function write(inside: TransactionContext, { create, change }: DevicePlan): Promise<void> {
  const { db, organizationId } = inside;
  if (create.length > 0) {
    await sql`insert into devices (organization_id, device_id, name, type, place_id, role, serial_number, firmware_version,
        ip_address, mac_address, labels, attributes)
      select ${organizationId}, "deviceId", name, type, "placeId", role, "serialNumber", "firmwareVersion", "ipAddress", "macAddress",
        labels, attributes from ${recordset(create)}`
      .execute(db)
      .catch((error) => {
        if (isUniqueViolation(error)) throw conflict('Somebody made one of these devices meanwhile. Try again.');
        throw error;
      });
  }
  if (change.length > 0) {
    await sql`update devices d set name = r.name, place_id = r."placeId", role = r.role, serial_number = r."serialNumber",
        firmware_version = r."firmwareVersion", ip_address = r."ipAddress", mac_address = r."macAddress", labels = r.labels,
        attributes = r.attributes, version = d.version + 1
      from ${recordset(change)} where d.number = r.number`.execute(db);
    await tellAll(
      inside,
      change.map(({ number, deviceId }) => ({
        kind: 'device.changed' as const,
        organizationId,
        number: number as number,
        deviceId,
      })),
    );
  }
}

const recordset = (devices: readonly PlannedDevice[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(devices)}::jsonb) as r(number integer, "deviceId" text, name text, type text, "placeId" uuid,
    role text, "serialNumber" text, "firmwareVersion" text, "ipAddress" text, "macAddress" text, labels text[], attributes jsonb)`;
