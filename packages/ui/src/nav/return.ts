/** Where to go after signing in: a page of this app, never another site. */
export interface ReturnSearch {
  to?: string | undefined;
}

/** Reads the page to return to; anything but an address of this app counts as absent. */
export const parseReturn = (raw: Record<string, unknown>): ReturnSearch => {
  const { to } = raw;
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) && to.length <= 2000 ? { to } : {};
};
