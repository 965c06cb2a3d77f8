import { routes } from '@muster/contract/routes';
import { addressOf } from '../api/address.ts';
import { call } from '../api/client.ts';
import { createConnection, type LiveConnection } from './connection.ts';

/** The app's live connection: started by who signs in, stopped by who signs out. */
export const live: LiveConnection = createConnection({
  async openSocket() {
    const { ticket } = await call(routes.live.ticket, { signal: AbortSignal.timeout(10_000) });
    const address = new URL(addressOf(routes.live.socket, {}, { ticket }), location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    return new WebSocket(address);
  },
});
