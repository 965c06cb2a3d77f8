import * as client from 'openid-client';
import type { Attempt } from './attempt.ts';
import { type Claims, readClaims } from './claims.ts';
import { type Discovery, describeFault } from './discover.ts';
import type { Provider } from './find-provider.ts';

/** What came back from a provider is of no use. */
export class ExchangeFault extends Error {
  /** `cancelled`: the person did not want to; `away`: the provider can not be reached; `wrong`: what it says does not hold. */
  readonly kind: 'cancelled' | 'away' | 'wrong';

  constructor(kind: ExchangeFault['kind'], detail: string, cause?: unknown) {
    super(detail, { cause });
    this.kind = kind;
  }
}

export interface Exchanged {
  claims: Claims;
  /** With what the provider tells beside the token: a mail address is not always in it. @throws ExchangeFault */
  complete(): Promise<Claims>;
}

/**
 * Exchanges the code for what the provider says of somebody. State, issuer, nonce, audience, times and signature are checked by
 * openid-client.
 * @param url the callback as the browser called it, on the public address
 * @throws ExchangeFault
 */
export async function exchangeCode(
  discovery: Discovery,
  provider: Provider,
  attempt: Attempt,
  url: URL,
): Promise<Exchanged> {
  try {
    const configuration = await discovery.configure(provider);
    const tokens = await client.authorizationCodeGrant(configuration, url, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
      idTokenExpected: true,
    });
    const token = tokens.claims();
    if (!token) throw new ExchangeFault('wrong', 'The provider answered no ID token.');
    const claims = readClaims(token);
    const tellsMore = configuration.serverMetadata().userinfo_endpoint !== undefined && token.email === undefined;
    const complete = () =>
      client.fetchUserInfo(configuration, tokens.access_token, token.sub).then(
        (more) => readClaims(token, more),
        (error) => {
          throw explain(error);
        },
      );
    return { claims, complete: tellsMore ? complete : async () => claims };
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): ExchangeFault {
  if (error instanceof ExchangeFault) return error;
  if (error instanceof client.AuthorizationResponseError) {
    const isTheirs = ['server_error', 'temporarily_unavailable'].includes(error.error);
    const kind = error.error === 'access_denied' ? 'cancelled' : isTheirs ? 'away' : 'wrong';
    return new ExchangeFault(kind, `The provider says ${error.error.slice(0, 100)}.`, error);
  }
  if (error instanceof client.ResponseBodyError) {
    return new ExchangeFault('wrong', `The provider says ${error.error.slice(0, 100)}.`, error);
  }
  const { fault, message } = describeFault(error);
  const status = (error as { cause?: { status?: number } }).cause?.status ?? 0;
  const isAway = ['unreachable', 'slow'].includes(fault) || status >= 500;
  return new ExchangeFault(isAway ? 'away' : 'wrong', message, error);
}
