import type { Passkey } from '@muster/contract/passkeys';
import { routes } from '@muster/contract/routes';
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import { call } from './client.ts';

/** A passkey belongs to a name, and needs a browser that can; IP addresses have no name. */
export const canUsePasskeys = (): boolean =>
  browserSupportsWebAuthn() && !/^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\])$/.test(location.hostname);

/** The same page by the name of this machine, where passkeys work; null: this one was not opened by its loopback address. */
export const namedAddress = (): string | null => {
  const { hostname, protocol, port, pathname, search } = location;
  if (!/^(?:127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)) return null;
  return `${protocol}//localhost${port === '' ? '' : `:${port}`}${pathname}${search}`;
};

/** The person said no to the browser's question, or did not answer it. */
export const wasDeclined = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError');

/** The authenticator at hand has a passkey of this person already. */
export const wasKnown = (error: unknown): boolean => error instanceof Error && error.name === 'InvalidStateError';

/** Makes a passkey with the browser and keeps it. @throws ApiError, or the browser's own error */
export const makePasskey = async (name: string): Promise<Passkey> => {
  const optionsJSON = await call(routes.passkeys.createOptions);
  const { id, response } = await startRegistration({
    optionsJSON: optionsJSON as unknown as PublicKeyCredentialCreationOptionsJSON,
  });
  const { clientDataJSON, attestationObject, transports = [] } = response;
  const credential = { id, clientDataJSON, attestationObject, transports };
  return call(routes.passkeys.create, { body: { name, credential } });
};

/** Asks the browser for a passkey of this site. @throws ApiError, or the browser's own error */
export const answerWithPasskey = async () => {
  const optionsJSON = await call(routes.passkeys.signInOptions);
  const { id, response } = await startAuthentication({
    optionsJSON: optionsJSON as unknown as PublicKeyCredentialRequestOptionsJSON,
  });
  const { clientDataJSON, authenticatorData, signature, userHandle = '' } = response;
  const credential = { id, clientDataJSON, authenticatorData, signature, userHandle };
  return call(routes.passkeys.signIn, { body: { credential } });
};
