import type { ProviderFault } from '@muster/contract/openid';
import * as client from 'openid-client';
import { unavailable } from '../../platform/errors.ts';
import type { Secret } from '../../platform/secret.ts';
import { createOutbound, isLoopbackIssuer, OutboundFault } from './outbound.ts';

/** How Muster is known at a provider. */
export interface Registration {
  id: string;
  issuer: string;
  clientId: string;
  /** As it is kept: wrapped. */
  clientSecret: string | null;
}

/** Finds out where a provider's doors are. */
export interface Discovery {
  /**
   * What a sign-in talks to the provider with. Its addresses are remembered for ten minutes; its keys are fetched anew for every
   * sign-in, so that one that was withdrawn is of no use at once.
   * @throws OutboundFault
   */
  configure(registration: Registration): Promise<client.Configuration>;
  /** The same, asked anew. @throws OutboundFault */
  ask(issuer: string): Promise<client.ServerMetadata>;
}

const REMEMBERED_MS = 10 * 60_000;
const MAXIMUM_REMEMBERED = 1000;
const TIMEOUT_SECONDS = 5;

/** What a client secret is wrapped under: it opens for its own provider only. */
export const sealOf = (providerId: string): string => `identity provider ${providerId}`;

export function createDiscovery(secret: Secret): Discovery {
  const remembered = new Map<string, { at: number; metadata: Promise<client.ServerMetadata> }>();

  async function ask(issuer: string): Promise<client.ServerMetadata> {
    const found = await client
      // whoever signs in is another matter: this asks for addresses only
      .discovery(new URL(issuer), 'muster', undefined, client.None(), {
        timeout: TIMEOUT_SECONDS,
        [client.customFetch]: createOutbound(issuer),
        execute: isLoopbackIssuer(issuer) ? [client.allowInsecureRequests] : [],
      })
      .catch((error) => {
        throw describeFault(error);
      });
    const metadata = found.serverMetadata();
    if (new URL(metadata.issuer).href !== issuer) {
      throw new OutboundFault('issuer', `It calls itself ${metadata.issuer.slice(0, 200)}.`);
    }
    if (!metadata.authorization_endpoint || !metadata.token_endpoint) {
      throw new OutboundFault('answer', 'It names no place to sign in at.');
    }
    if (!/^https?:\/\//.test(metadata.authorization_endpoint)) {
      throw new OutboundFault('answer', 'The place to sign in at is no web address.');
    }
    if (!metadata.jwks_uri) throw new OutboundFault('keys', 'It names no keys.');
    if (remembered.size > MAXIMUM_REMEMBERED) remembered.clear();
    remembered.set(issuer, { at: performance.now(), metadata: Promise.resolve(metadata) });
    return metadata;
  }

  function recall(issuer: string): Promise<client.ServerMetadata> {
    const known = remembered.get(issuer);
    if (known && performance.now() - known.at < REMEMBERED_MS) return known.metadata;
    const metadata = ask(issuer);
    remembered.set(issuer, { at: performance.now(), metadata });
    metadata.catch(() => remembered.delete(issuer));
    return metadata;
  }

  return {
    ask,
    async configure({ id, issuer, clientId, clientSecret }) {
      const metadata = await recall(issuer);
      const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
      const plain = clientSecret === null ? undefined : secret.unwrap(sealOf(id), clientSecret).toString();
      const prove = methods.includes('client_secret_basic') ? client.ClientSecretBasic : client.ClientSecretPost;
      const configuration = new client.Configuration(
        metadata,
        clientId,
        {},
        plain === undefined ? client.None() : prove(plain),
      );
      configuration.timeout = TIMEOUT_SECONDS;
      configuration[client.customFetch] = createOutbound(issuer);
      if (isLoopbackIssuer(issuer)) client.allowInsecureRequests(configuration);
      // the signature counts, also where TLS says who answered
      client.enableNonRepudiationChecks(configuration);
      return configuration;
    },
  };
}

/** The reason below what openid-client says of it. */
export function describeFault(error: unknown): OutboundFault {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof OutboundFault) return cause;
  }
  const { code, message } = error as { code?: string; message: string };
  if (code === 'OAUTH_TIMEOUT') return new OutboundFault('slow', 'It gave no answer in time.', error);
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') {
    return new OutboundFault('issuer', 'It calls itself otherwise.', error);
  }
  const status = (error as { cause?: { status?: unknown } }).cause?.status;
  const detail =
    typeof status === 'number' ? `It answers with status ${status}.` : `Its answer is not as it should be: ${message}.`;
  return new OutboundFault('answer', detail, error);
}

/** For whoever asked the API and not a page. */
export const providerAway = ({ fault, message }: OutboundFault & { fault: ProviderFault }) =>
  unavailable(`The provider is of no use now (${fault}): ${message}`, 10);
