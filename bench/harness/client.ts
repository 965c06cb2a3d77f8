import type { Tokens } from '@muster/contract/identity';
import { API_PREFIX, routes } from '@muster/contract/routes';
import { CSV_TYPE } from '@muster/contract/schema';
import type { Ledger } from '@muster/contract/telemetry';
import { owner } from './server.ts';

/** The owner's hands: calls of the API as a script makes them. */
export interface Client {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  postCsv<T>(path: string, file: string): Promise<T>;
  ledger(): Promise<Ledger>;
  /** An address that opens one live connection within half a minute. */
  liveAddress(): Promise<string>;
}

/** @throws Error when the server answers anything but success */
export async function signIn(http: string, who: { username: string; password: string } = owner): Promise<Client> {
  const call = async <T>(method: string, path: string, body?: object | string, token?: string): Promise<T> => {
    const response = await fetch(`${http}${API_PREFIX}${path}`, {
      method,
      headers: {
        ...(body ? { 'content-type': typeof body === 'string' ? CSV_TYPE : 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(body ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
  const { accessToken } = await call<Tokens>('POST', routes.identity.login.path, {
    username: who.username,
    password: who.password,
  });
  return {
    get: (path) => call('GET', path, undefined, accessToken),
    post: (path, body) => call('POST', path, body, accessToken),
    postCsv: (path, file) => call('POST', path, file, accessToken),
    ledger: () => call('GET', routes.telemetry.ledger.path, undefined, accessToken),
    async liveAddress() {
      const { ticket } = await call<{ ticket: string }>('POST', routes.live.ticket.path, undefined, accessToken);
      return `${http.replace(/^http/, 'ws')}${API_PREFIX}${routes.live.socket.path}?ticket=${ticket}`;
    },
  };
}
