import type { Assignment } from '@muster/contract/access';

/** A role that is being given: with a place or a device to be chosen, it is not yet ready. */
export interface AssignmentRow {
  /** For React: rows come and go. */
  key: number;
  role: string | null;
  where: 'everywhere' | 'place' | 'device';
  placeId: string | null;
  deviceId: string | null;
}

let keys = 0;

/** A row to fill in. */
export const newRow = (role: string | null = null): AssignmentRow => ({
  key: ++keys,
  role,
  where: 'everywhere',
  placeId: null,
  deviceId: null,
});

/** What somebody holds, as rows. */
export const rowsOf = (roles: readonly Assignment[]): AssignmentRow[] =>
  roles.map(({ role, placeId, deviceId }) => ({
    ...newRow(role),
    where: placeId !== null ? 'place' : deviceId !== null ? 'device' : 'everywhere',
    placeId,
    deviceId,
  }));

/** The rows as the server takes them; null while one of them is not ready. */
export const assignmentsOf = (rows: readonly AssignmentRow[]): Assignment[] | null => {
  const isReady = ({ role, where, placeId, deviceId }: AssignmentRow) =>
    role !== null && (where !== 'place' || placeId !== null) && (where !== 'device' || deviceId !== null);
  if (!rows.every(isReady)) return null;
  return rows.map(({ role, where, placeId, deviceId }) => ({
    role: role ?? '',
    placeId: where === 'place' ? placeId : null,
    deviceId: where === 'device' ? deviceId : null,
  }));
};
