import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';
import type { Browser } from './browser.ts';
import { createProviderStore } from './identity-provider-store.ts';

/** Somebody who has an account there. */
export interface IdpAccount {
  email?: string;
  email_verified?: boolean;
  name?: string;
  preferred_username?: string;
}

/** True: it has answered, and the provider is not asked. */
type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A real OpenID Connect provider on a loopback port: oidc-provider, with its pages for development. */
export interface TestIdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By subject. */
  accounts: Map<string, IdpAccount>;
  /** Looks at each request first: for faults. */
  intercept: Intercept | undefined;
  /** From now on it signs with another key and shows no other. */
  rotateKeys(): Promise<void>;
  /** An ID token with its newest key, or with another one. */
  sign(claims: JWTPayload, key?: CryptoKey): Promise<string>;
  /** Goes through its pages as a person does. @returns the address that it sends the browser back to, unopened */
  signIn(browser: Browser, location: string, subject: string): Promise<string>;
  stop(): Promise<void>;
}

const CLIENT = { id: 'muster', secret: 'a secret between two test programs' };

/** @param host of its issuer: `localhost` is another site than `127.0.0.1` */
export async function startIdentityProvider(
  redirectUri: string,
  host: '127.0.0.1' | 'localhost' = '127.0.0.1',
): Promise<TestIdentityProvider> {
  const accounts = new Map<string, IdpAccount>();
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  const server = createServer((request, response) => {
    if (!idp.intercept?.(request, response)) handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`;
  let key: CryptoKey;
  let jwk: JWK;

  const adapter = createProviderStore();
  const configuration = (): Configuration => ({
    adapter,
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    cookies: { keys: ['of no importance'] },
    jwks: { keys: [jwk as never] },
    findAccount: (_, sub) => {
      const account = accounts.get(sub);
      return account && { accountId: sub, claims: () => ({ sub, ...account }) };
    },
    features: { devInteractions: { enabled: true } },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });

  async function rotateKeys(): Promise<void> {
    const pair = await generateKeyPair('RS256', { extractable: true });
    key = pair.privateKey;
    jwk = { ...(await exportJWK(key)), kid: crypto.randomUUID(), alg: 'RS256', use: 'sig' };
    handle = new Provider(issuer, configuration()).callback();
  }

  const idp: TestIdentityProvider = {
    issuer: `${issuer}/`,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    accounts,
    intercept: undefined,
    rotateKeys,
    sign: (claims, other) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: jwk.kid as string }).sign(other ?? key),
    async signIn(browser, location, subject) {
      let address = location;
      for (let step = 0; step < 12; step++) {
        if (address.startsWith(redirectUri)) return address;
        const answer = await browser.open(address);
        const next = answer.headers.get('location');
        if (next !== null) {
          address = new URL(next, address).href;
          continue;
        }
        const page = await answer.text();
        const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
        const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
        if (!action || !prompt) throw new Error(`no form at ${address} (${answer.status}): ${page.slice(0, 500)}`);
        const filled = prompt === 'login' ? { prompt, login: subject, password: 'any' } : { prompt };
        const sent = await browser.open(new URL(action, address).href, new URLSearchParams(filled));
        address = new URL(sent.headers.get('location') ?? '', address).href;
      }
      throw new Error('the provider goes round in circles');
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await rotateKeys();
  return idp;
}
