import type { deviceColumns } from '@muster/contract/imports';
import { routes } from '@muster/contract/routes';
import { type DeviceRow, RESERVED_ID } from '../devices/index.ts';
import { type PlaceNode, pathOf, type SortedTree, walk } from '../places/index.ts';
import { splitLabels } from '../platform/csv-labels.ts';
import { createCellCheck, type Problems, readAttributes, sameList, sameObject } from './cells.ts';
import type { RowOutcome } from './report.ts';
import type { Table } from './table.ts';

export type DeviceColumn = (typeof deviceColumns)[number];

/** What a device has when all is done. */
export interface PlannedDevice {
  row: number;
  number: number | null;
  deviceId: string;
  name: string;
  type: string;
  placeId: string | null;
  role: string | null;
  serialNumber: string | null;
  firmwareVersion: string | null;
  ipAddress: string | null;
  macAddress: string | null;
  labels: string[];
  attributes: Record<string, unknown>;
}

export interface DevicePlan {
  outcomes: RowOutcome[];
  create: PlannedDevice[];
  change: PlannedDevice[];
}

export interface Surroundings {
  /** Devices that are there, by id. */
  known: ReadonlyMap<string, DeviceRow>;
  /** Ids that are taken by devices that the caller does not see. */
  taken: ReadonlySet<string>;
  tree: SortedTree;
  types: ReadonlyMap<string, unknown>;
  /** The caller may change devices in no place, and in all. */
  everywhere: boolean;
}

const { properties } = routes.devices.create.body;
const check = createCellCheck(properties);
const texts = ['role', 'serialNumber', 'firmwareVersion', 'ipAddress', 'macAddress'] as const;
const tableNames = {
  role: 'role',
  serialNumber: 'serial_number',
  firmwareVersion: 'firmware_version',
  ipAddress: 'ip_address',
  macAddress: 'mac_address',
} as const;

/** Says what becomes of the devices by this file; nothing is written. */
export function planDevices({ rows }: Table<DeviceColumn>, around: Surroundings, problems: Problems): DevicePlan {
  const plan: DevicePlan = { outcomes: [], create: [], change: [] };
  const byPath = Map.groupBy(walk(around.tree.roots), pathOf);
  const seen = new Set<string>();
  for (const { row, cells } of rows) {
    const deviceId = cells.deviceId ?? '';
    if (deviceId === '') problems.add(row, 'deviceId', 'missing', 'is needed');
    else if (!check(problems, row, 'deviceId', deviceId)) continue;
    else if (seen.has(deviceId)) problems.add(row, 'deviceId', 'row-twice', 'An earlier row is about the same device');
    else if (around.taken.has(deviceId) || deviceId === RESERVED_ID)
      problems.add(row, 'deviceId', 'taken', 'There is a device of this id already');
    if (problems.rows.has(row)) continue;
    seen.add(deviceId);
    const before = around.known.get(deviceId);
    const device = readDevice(row, cells, deviceId, before, around, byPath, problems);
    if (problems.rows.has(row)) continue;
    const columns = before ? differing(before, device) : [];
    const what = before ? (columns.length > 0 ? 'change' : 'leave') : 'create';
    plan.outcomes.push({ row, what, name: device.name, columns });
    if (what !== 'leave') plan[what].push(device);
  }
  return plan;
}

function readDevice(
  row: number,
  cells: Partial<Record<DeviceColumn, string>>,
  deviceId: string,
  before: DeviceRow | undefined,
  around: Surroundings,
  byPath: ReadonlyMap<string, PlaceNode[]>,
  problems: Problems,
): PlannedDevice {
  const device: PlannedDevice = {
    row,
    number: before?.number ?? null,
    deviceId,
    name: cells.name || before?.name || deviceId,
    type: cells.type ?? before?.type ?? '',
    placeId: readPlace(row, cells.place, before, around, byPath, problems),
    role: before?.role ?? null,
    serialNumber: before?.serial_number ?? null,
    firmwareVersion: before?.firmware_version ?? null,
    ipAddress: before?.ip_address ?? null,
    macAddress: before?.mac_address ?? null,
    labels: cells.labels === undefined ? (before?.labels ?? []) : splitLabels(cells.labels),
    attributes: (before?.attributes ?? {}) as Record<string, unknown>,
  };
  check(problems, row, 'name', device.name);
  check(problems, row, 'labels', device.labels);
  if (device.type === '') problems.add(row, 'type', 'missing', 'is needed');
  else if (before && device.type !== before.type)
    problems.add(row, 'type', 'type-fixed', `is ${before.type}, which does not change`);
  else if (!before && !around.types.has(device.type))
    problems.add(row, 'type', 'type-unknown', `must be one of ${[...around.types.keys()].join(', ')}`);
  for (const column of texts) {
    if (cells[column] === undefined) continue;
    device[column] = cells[column] || null;
    if (device[column] !== null) check(problems, row, column, device[column]);
  }
  if (cells.attributes !== undefined) {
    const attributes = readAttributes(cells.attributes);
    if (attributes === undefined) problems.add(row, 'attributes', 'wrong-form', 'must be a JSON object');
    else if (check(problems, row, 'attributes', attributes)) device.attributes = attributes;
  }
  return device;
}

function readPlace(
  row: number,
  path: string | undefined,
  before: DeviceRow | undefined,
  { tree, everywhere }: Surroundings,
  byPath: ReadonlyMap<string, PlaceNode[]>,
  problems: Problems,
): string | null {
  const now = before?.place_id ?? null;
  // a place that the caller does not see has no path in his exports
  const isUnseen = now !== null && !tree.byId.has(now);
  if (before && (path === undefined || (path === '' && (now === null || isUnseen)))) return now;
  if (!path) {
    if (!everywhere) problems.add(row, 'place', 'outside', 'lies outside of the places that you may change');
    return null;
  }
  const found = byPath.get(path) ?? [];
  // of two places with one path that a part of the tree has at its top, the one where it stands is meant
  const place = found.find(({ row: { id } }) => id === now) ?? found[0];
  if (!place) problems.add(row, 'place', 'place-unknown', 'There is no place of this path');
  else if (found.length > 1 && place.row.id !== now)
    problems.add(row, 'place', 'not-one', 'Several places have this path here');
  return place?.row.id ?? null;
}

function differing(before: DeviceRow, device: PlannedDevice): DeviceColumn[] {
  const columns: DeviceColumn[] = [];
  if (before.name !== device.name) columns.push('name');
  if (before.place_id !== device.placeId) columns.push('place');
  for (const column of texts) if (before[tableNames[column]] !== device[column]) columns.push(column);
  if (!sameList(before.labels, device.labels)) columns.push('labels');
  if (!sameObject(before.attributes as object, device.attributes)) columns.push('attributes');
  return columns;
}
