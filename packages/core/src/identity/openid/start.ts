import * as client from 'openid-client';
import type { Attempt } from './attempt.ts';
import type { Discovery } from './discover.ts';
import type { Provider } from './find-provider.ts';

/** Where to send the browser, and what it must remember until it comes back. @throws OutboundFault */
export async function startAttempt(
  discovery: Discovery,
  provider: Provider,
  redirectUri: string,
  wish: Pick<Attempt, 'returnTo' | 'organization' | 'link'>,
): Promise<{ location: string; attempt: Attempt }> {
  const configuration = await discovery.configure(provider);
  const attempt: Attempt = {
    ...wish,
    providerId: provider.id,
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
  };
  const location = client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: ['openid', ...provider.scopes.filter((scope) => scope !== 'openid')].join(' '),
    code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
    state: attempt.state,
    nonce: attempt.nonce,
  });
  return { location: location.href, attempt };
}
