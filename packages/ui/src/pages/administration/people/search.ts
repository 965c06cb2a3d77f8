/** View state of the People page as its address holds it. */
export interface PeopleSearch {
  /** Part of a name, a user name or a mail address. */
  q?: string | undefined;
  /** The form for a new person is open. */
  add?: true | undefined;
  /** The form for an invitation is open. */
  invite?: true | undefined;
}

/** Reads an address written by us or by hand: what makes no sense counts as absent. Never throws. */
export const parsePeopleSearch = ({ q, add, invite }: Record<string, unknown>): PeopleSearch => ({
  ...(typeof q === 'string' && q.trim() !== '' && q.length <= 100 ? { q } : {}),
  ...(add === true || add === 'true' ? { add: true as const } : {}),
  ...(invite === true || invite === 'true' ? { invite: true as const } : {}),
});
