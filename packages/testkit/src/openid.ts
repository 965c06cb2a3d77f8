import type { IdentityProvider } from '@muster/contract/openid';
import { bodyOf } from './api.ts';
import { type Browser, createBrowser } from './browser.ts';
import { startIdentityProvider, type TestIdentityProvider } from './identity-provider.ts';
import { startTestServer, type TestServer } from './server.ts';

/** A server and a provider that it knows. */
export interface Pair {
  server: TestServer;
  idp: TestIdentityProvider;
  provider: IdentityProvider;
  /** What was set of the provider before, with this changed. */
  configure(change: Partial<IdentityProvider>): Promise<IdentityProvider>;
  /** Leaves for the provider. @returns the address there */
  start(browser: Browser, returnTo?: string): Promise<string>;
  /** Start to end. @returns where the browser is sent then */
  signIn(subject: string, wish?: { browser?: Browser; returnTo?: string }): Promise<string>;
  /** Opens the callback. @returns where the browser is sent then */
  comeBack(browser: Browser, address: string): Promise<string>;
  /** Who a browser is signed in as; undefined: nobody. */
  whoIs(browser: Browser): Promise<string | undefined>;
  /** What stands in the audit trail of an action, newest first. */
  audited(action: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export const CALLBACK = '/api/v1/auth/openid/callback';

export async function startPair(): Promise<Pair> {
  const server = await startTestServer();
  const idp = await startIdentityProvider(`${server.http}${CALLBACK}`);
  const { issuer, clientId, clientSecret } = idp;
  const input = { name: 'House', issuer, clientId, clientSecret };
  const path = '/identity-providers';
  let provider = await bodyOf(server.api.post<IdentityProvider>(path, input), 201);

  const pair: Pair = {
    server,
    idp,
    get provider() {
      return provider;
    },
    async configure(change) {
      const headers = { 'if-match': `"${provider.version}"` };
      provider = await bodyOf(server.api.patch<IdentityProvider>(`${path}/${provider.id}`, change, { headers }));
      return provider;
    },
    async start(browser, returnTo) {
      const query = returnTo === undefined ? '' : `?${new URLSearchParams({ returnTo })}`;
      const answer = await browser.open(`${server.http}/api/v1/auth/openid/${provider.id}/start${query}`);
      return answer.headers.get('location') ?? `status ${answer.status}`;
    },
    async signIn(subject, { browser = createBrowser(), returnTo } = {}) {
      const location = await pair.start(browser, returnTo);
      return pair.comeBack(browser, await idp.signIn(browser, location, subject));
    },
    async comeBack(browser, address) {
      const answer = await browser.open(address);
      return answer.headers.get('location') ?? `status ${answer.status}: ${await answer.text()}`;
    },
    async whoIs(browser) {
      const answer = await browser.call('POST', `${server.http}/api/v1/auth/refresh`);
      if (answer.status === 401) return undefined;
      return ((await answer.json()) as { user: { username: string } }).user.username;
    },
    async audited(action) {
      const rows = await server.admin<{ details: Record<string, unknown> }>(
        'select details from audit_entries where action = $1 order by seq desc',
        [action],
      );
      return rows.map(({ details }) => details);
    },
    async stop() {
      await idp.stop();
      await server.stop();
    },
  };
  return pair;
}
