import Type from 'typebox';
import { Tokens } from './identity.ts';
import { route } from './route.ts';
import { Id, Name, Strict, Timestamp } from './schema.ts';

export const Passkey = Type.Object({
  id: Id,
  name: Type.String(),
  /** Its provider keeps it on several devices of the person. */
  backedUp: Type.Boolean(),
  createdAt: Timestamp,
  lastUsedAt: Type.Union([Timestamp, Type.Null()]),
});
export type Passkey = Type.Static<typeof Passkey>;

const Base64Url = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength });
const CredentialId = Base64Url(1400);
/** What `navigator.credentials` is given: options in their JSON form (WebAuthn Level 3, 5.1.10). */
const Options = Type.Object({ challenge: Type.String() }, { additionalProperties: true });

/** Of a `RegistrationResponseJSON` what the server needs. */
export const NewCredential = Strict({
  id: CredentialId,
  clientDataJSON: Base64Url(4000),
  attestationObject: Base64Url(16_000),
  transports: Type.Array(Type.String({ pattern: '^[a-z-]{1,20}$' }), { maxItems: 10 }),
});
export type NewCredential = Type.Static<typeof NewCredential>;

/** Of an `AuthenticationResponseJSON` what the server needs. */
export const UsedCredential = Strict({
  id: CredentialId,
  clientDataJSON: Base64Url(4000),
  authenticatorData: Base64Url(4000),
  signature: Base64Url(2000),
  userHandle: Base64Url(100),
});
export type UsedCredential = Type.Static<typeof UsedCredential>;

export const passkeyRoutes = {
  list: route({
    method: 'GET',
    path: '/auth/passkeys',
    summary: 'My passkeys',
    tag: 'Identity',
    access: 'user',
    response: Type.Object({ items: Type.Array(Passkey) }),
  }),
  createOptions: route({
    method: 'POST',
    path: '/auth/passkeys/options',
    summary: 'What a browser needs to make a passkey',
    tag: 'Identity',
    access: 'user',
    response: Options,
    stepUp: true,
  }),
  create: route({
    method: 'POST',
    path: '/auth/passkeys',
    summary: 'Keep a passkey that the browser has made',
    tag: 'Identity',
    access: 'user',
    body: Strict({ name: Name, credential: NewCredential }),
    response: Passkey,
    status: 201,
  }),
  rename: route({
    method: 'PATCH',
    path: '/auth/passkeys/:id',
    summary: 'Give a passkey another name',
    tag: 'Identity',
    access: 'user',
    params: Strict({ id: Id }),
    body: Strict({ name: Name }),
    response: Passkey,
  }),
  delete: route({
    method: 'DELETE',
    path: '/auth/passkeys/:id',
    summary: 'Forget a passkey: nobody signs in with it any more',
    tag: 'Identity',
    access: 'user',
    params: Strict({ id: Id }),
    stepUp: true,
  }),
  signInOptions: route({
    method: 'POST',
    path: '/auth/passkeys/sign-in/options',
    summary: 'What a browser needs to sign in with a passkey',
    tag: 'Identity',
    access: 'public',
    response: Options,
  }),
  signIn: route({
    method: 'POST',
    path: '/auth/passkeys/sign-in',
    summary: 'Sign in with a passkey: both factors at once',
    tag: 'Identity',
    access: 'public',
    body: Strict({ credential: UsedCredential }),
    response: Tokens,
  }),
} as const;
