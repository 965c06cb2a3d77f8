import { type DeviceOrder, type DeviceStatus, deviceOrders, deviceStatuses } from '@muster/contract/devices';

/** View state of the Fleet page as its address holds it. */
export interface FleetSearch {
  /** Part of a device's id, name or serial number. */
  q?: string | undefined;
  status?: DeviceStatus | undefined;
  type?: string | undefined;
  /** One that it has, or a place in which it stands. */
  label?: string | undefined;
  role?: string | undefined;
  firmware?: string | undefined;
  /** Absent: by name. */
  sort?: DeviceOrder | undefined;
  /** The device whose row is selected. */
  selected?: string | undefined;
  /** The form for a new device is open. */
  add?: true | undefined;
}

const text = (value: unknown, longest: number): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && value.length <= longest ? value : undefined;

/** Reads an address written by us or by hand: what makes no sense counts as absent. Never throws. */
export const parseFleetSearch = (raw: Record<string, unknown>): FleetSearch => {
  const q = text(raw.q, 120);
  const status = deviceStatuses.find((known) => known === raw.status);
  const type = text(raw.type, 128);
  const label = text(raw.label, 64);
  const role = text(raw.role, 64);
  const firmware = text(raw.firmware, 120);
  const sort = deviceOrders.find((known) => known === raw.sort && known !== 'name');
  const selected = text(raw.selected, 64);
  return {
    ...(q === undefined ? {} : { q }),
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
    ...(label === undefined ? {} : { label }),
    ...(role === undefined ? {} : { role }),
    ...(firmware === undefined ? {} : { firmware }),
    ...(sort === undefined ? {} : { sort }),
    ...(selected === undefined ? {} : { selected }),
    ...(raw.add === true || raw.add === 'true' ? { add: true as const } : {}),
  };
};
