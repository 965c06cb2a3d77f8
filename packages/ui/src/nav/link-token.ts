/** Pages that a link in a mail opens. */
const pages: ReadonlySet<string> = new Set(['/reset-password', '/verify-email', '/accept-invitation']);

let token = '';
const listeners = new Set<() => void>();

/**
 * Takes the token out of the address, before anything else looks at it: it stays in no history and on no screen. A reload does
 * without it.
 */
export const takeLinkToken = (): void => {
  if (!pages.has(location.pathname) || location.hash.length < 2) return;
  token = location.hash.slice(1);
  history.replaceState(history.state, '', location.pathname);
  for (const listener of listeners) listener();
};

/** The token of the link that opened this page; empty: there is none (any more). */
export const getLinkToken = (): string => token;

/** Another link was opened in this tab. */
export const onLinkToken = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
