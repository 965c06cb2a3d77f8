/** Where to go after signing in: a page of this app, never another site. */
export interface ReturnSearch {
  to?: string | undefined;
}

/** Whose sign-in page it is, too: people of a further organization have an address of their own. */
export interface SignInSearch extends ReturnSearch {
  organization?: string | undefined;
}

/** Reads the address of the sign-in page. */
export const parseSignIn = (raw: Record<string, unknown>): SignInSearch => {
  const { organization } = raw;
  const isSlug = typeof organization === 'string' && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(organization);
  return { ...parseReturn(raw), ...(isSlug ? { organization } : {}) };
};

/** Reads the page to return to; anything but an address of this app counts as absent. */
export const parseReturn = (raw: Record<string, unknown>): ReturnSearch => {
  const { to } = raw;
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) && to.length <= 2000 ? { to } : {};
};
