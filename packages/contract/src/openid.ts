import Type from 'typebox';
import { RoleId } from './access.ts';
import { Tokens } from './identity.ts';
import { route } from './route.ts';
import { Id, Name, NewPassword, Nullable, Slug, Strict, Timestamp } from './schema.ts';

/** Where people may sign in beside their password. Its secret is never shown again. */
export const IdentityProvider = Type.Object({
  id: Id,
  name: Type.String(),
  issuer: Type.String(),
  clientId: Type.String(),
  hasSecret: Type.Boolean(),
  scopes: Type.Array(Type.String()),
  enabled: Type.Boolean(),
  /** An account whose mail address it says is verified opens the person of that address, once. */
  linkByEmail: Type.Boolean(),
  /** Whoever is not known yet becomes a person with `role`. */
  createPeople: Type.Boolean(),
  role: Nullable(Type.String()),
  /** Only mail addresses of these domains are linked and become people; empty: any. */
  mailDomains: Type.Array(Type.String()),
  /** Its sign-ins need no code of Muster's own second factor. */
  trustsSecondFactor: Type.Boolean(),
  /** What has to be entered at the provider. */
  redirectUri: Type.String(),
  createdAt: Timestamp,
  version: Type.Integer(),
});
export type IdentityProvider = Type.Static<typeof IdentityProvider>;

/** What keeps a provider from being of use. */
export const ProviderFault = Type.Union([
  /** It is not https, or lies where nobody is called. */
  Type.Literal('address'),
  /** Nobody answers there. */
  Type.Literal('unreachable'),
  /** No answer in time. */
  Type.Literal('slow'),
  /** It sends elsewhere. */
  Type.Literal('redirect'),
  /** What it answers is no OpenID Connect. */
  Type.Literal('answer'),
  /** It calls itself otherwise. */
  Type.Literal('issuer'),
  /** It has no keys to check by. */
  Type.Literal('keys'),
]);
export type ProviderFault = Type.Static<typeof ProviderFault>;

export const ProviderTest = Type.Object({
  /** null: it is of use. */
  fault: Nullable(ProviderFault),
  /** In words, for whoever looks for the reason. */
  detail: Nullable(Type.String()),
  found: Nullable(
    Type.Object({
      authorizationEndpoint: Type.String(),
      tokenEndpoint: Type.String(),
      keys: Type.Integer(),
      pkce: Type.Boolean(),
      namesItself: Type.Boolean(),
    }),
  ),
});
export type ProviderTest = Type.Static<typeof ProviderTest>;

const Link = Type.Object({
  id: Id,
  provider: Type.Object({ id: Id, name: Type.String() }),
  createdAt: Timestamp,
  lastUsedAt: Nullable(Timestamp),
});
export type OpenidLink = Type.Static<typeof Link>;

const Domain = Type.String({
  maxLength: 253,
  pattern: '^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$',
});
const Scope = Type.String({ maxLength: 100, pattern: '^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$' });
const wishes = {
  /** null: a public client, which has none. */
  clientSecret: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 1000 }))),
  scopes: Type.Optional(Type.Array(Scope, { maxItems: 20, uniqueItems: true })),
  enabled: Type.Optional(Type.Boolean()),
  linkByEmail: Type.Optional(Type.Boolean()),
  createPeople: Type.Optional(Type.Boolean()),
  role: Type.Optional(Nullable(RoleId)),
  mailDomains: Type.Optional(Type.Array(Domain, { maxItems: 50, uniqueItems: true })),
  trustsSecondFactor: Type.Optional(Type.Boolean()),
};
const Issuer = Type.String({ minLength: 1, maxLength: 500, pattern: '^https?://' });
const ClientId = Type.String({ minLength: 1, maxLength: 500 });
const ById = Strict({ id: Id });

export const identityProviderRoutes = {
  list: route({
    method: 'GET',
    path: '/identity-providers',
    summary: 'Where people may sign in beside their password, by name',
    tag: 'Identity providers',
    access: { permission: 'identity-provider:read' },
    response: Type.Object({ items: Type.Array(IdentityProvider), redirectUri: Type.String() }),
  }),
  create: route({
    method: 'POST',
    path: '/identity-providers',
    summary: 'Let people sign in with an OpenID Connect provider',
    tag: 'Identity providers',
    access: { permission: 'identity-provider:write' },
    stepUp: true,
    body: Strict({ name: Name, issuer: Issuer, clientId: ClientId, ...wishes }),
    response: IdentityProvider,
    status: 201,
  }),
  update: route({
    method: 'PATCH',
    path: '/identity-providers/:id',
    summary: 'Change a provider',
    tag: 'Identity providers',
    access: { permission: 'identity-provider:write' },
    stepUp: true,
    params: ById,
    body: Strict({
      name: Type.Optional(Name),
      issuer: Type.Optional(Issuer),
      clientId: Type.Optional(ClientId),
      ...wishes,
    }),
    response: IdentityProvider,
    versioned: true,
  }),
  delete: route({
    method: 'DELETE',
    path: '/identity-providers/:id',
    summary: 'Delete a provider with all accounts that are linked to it',
    tag: 'Identity providers',
    access: { permission: 'identity-provider:write' },
    stepUp: true,
    params: ById,
  }),
  test: route({
    method: 'POST',
    path: '/identity-providers/:id/test',
    summary: 'Ask a provider who it is, and say what is wrong',
    tag: 'Identity providers',
    access: { permission: 'identity-provider:write' },
    params: ById,
    response: ProviderTest,
  }),
} as const;

export const openidRoutes = {
  providers: route({
    method: 'GET',
    path: '/auth/openid/providers',
    summary:
      'Where one may sign in beside the password; without an organization, at the one that runs the installation',
    tag: 'Identity',
    access: 'public',
    query: Strict({ organization: Type.Optional(Slug) }),
    response: Type.Object({ items: Type.Array(Type.Object({ id: Id, name: Type.String() })) }),
  }),
  start: route({
    method: 'GET',
    path: '/auth/openid/:id/start',
    summary: 'Send the browser to a provider to sign in there',
    tag: 'Identity',
    access: 'public',
    params: ById,
    query: Strict({ returnTo: Type.Optional(Type.String({ maxLength: 2000 })) }),
    status: 302,
  }),
  /** What a provider adds to it beside `code` and `state` is its own: unknown fields are no fault here. */
  callback: route({
    method: 'GET',
    path: '/auth/openid/callback',
    summary: 'Where a provider sends the browser back to',
    tag: 'Identity',
    access: 'public',
    status: 302,
  }),
  finish: route({
    method: 'POST',
    path: '/auth/openid/finish',
    summary: 'The code of the second factor, after a sign-in at a provider that asked for none',
    tag: 'Identity',
    access: 'public',
    body: Strict({ code: Type.String({ minLength: 1, maxLength: 20 }) }),
    response: Tokens,
  }),
  links: route({
    method: 'GET',
    path: '/auth/openid/links',
    summary: 'My accounts at providers, and the providers of my organization',
    tag: 'Identity',
    access: 'user',
    response: Type.Object({
      items: Type.Array(Link),
      /** Those that have no account of mine yet. */
      others: Type.Array(Type.Object({ id: Id, name: Type.String() })),
      hasPassword: Type.Boolean(),
    }),
  }),
  link: route({
    method: 'POST',
    path: '/auth/openid/:id/link',
    summary: 'Prepare the linking of an account of mine at a provider: answers where to send the browser',
    tag: 'Identity',
    access: 'user',
    params: ById,
    /** Who has no password must have signed in a moment ago. */
    body: Strict({ password: Type.Optional(NewPassword) }),
    response: Type.Object({ location: Type.String() }),
  }),
  unlink: route({
    method: 'POST',
    path: '/auth/openid/links/:id/remove',
    summary: 'Forget an account of mine at a provider',
    tag: 'Identity',
    access: 'user',
    params: ById,
    body: Strict({ password: Type.Optional(NewPassword) }),
  }),
} as const;
