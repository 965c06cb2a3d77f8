import type { Role } from '@muster/contract/access';

/** The parents of a role that give a permission, by their ids. */
export const givenBy = (
  parents: readonly string[],
  permission: string,
  find: (id: string) => Role | undefined,
): string[] => parents.filter((parent) => find(parent)?.effective.includes(permission));

/** Roles that can not be the parent of a role: itself, and those that are made of it. */
export const madeOf = (id: string, roles: readonly Role[]): Set<string> => {
  const found = new Set([id]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const role of roles) if (role.parents.some((parent) => found.has(parent))) found.add(role.id);
  }
  return found;
};
