/** View state of the Roles page as its address holds it. */
export interface RolesSearch {
  /** The role that is looked at: `owner`, `industrial.operator`, or the id of a role of the organization. */
  role?: string | undefined;
}

/** Reads an address written by us or by hand: what makes no sense counts as absent. Never throws. */
export const parseRolesSearch = ({ role }: Record<string, unknown>): RolesSearch =>
  typeof role === 'string' && /^[a-z0-9][a-z0-9.-]{0,63}$/.test(role) ? { role } : {};
