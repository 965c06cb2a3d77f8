import { isIP } from 'node:net';
import { conflict } from '../../platform/errors.ts';

/** Where a browser stands, as WebAuthn binds a passkey to it. */
export interface Site {
  origin: string;
  /** The host name. */
  id: string;
}

/**
 * The site of a request. A passkey belongs to a name: an address has none.
 * @param origins of this server; a header only chooses among them
 * @throws MusterError `conflict` where no passkey can be
 */
export function siteOf(origin: string | undefined, origins: readonly string[]): Site {
  const known = origins.find((one) => one === origin);
  if (known === undefined)
    throw conflict('Passkeys belong to the address of this server, and this page has another one.');
  const { hostname, protocol } = new URL(known);
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) {
    throw conflict('A passkey belongs to a name, and this page is reached by an IP address. Open it by its name.');
  }
  if (protocol !== 'https:' && hostname !== 'localhost') {
    throw conflict('Passkeys need HTTPS.');
  }
  return { origin: known, id: hostname };
}
