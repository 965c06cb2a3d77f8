import type { IdentityProvider } from '@muster/contract/openid';

/** What is typed about a provider. */
export interface Fields {
  name: string;
  issuer: string;
  clientId: string;
  /** Empty: the one there is stays. */
  clientSecret: string;
  scopes: string;
  enabled: boolean;
  linkByEmail: boolean;
  createPeople: boolean;
  role: string | null;
  mailDomains: string;
  trustsSecondFactor: boolean;
}

/** @param provider null: a new one */
export const fieldsOf = (provider: IdentityProvider | null): Fields => ({
  name: provider?.name ?? '',
  issuer: provider?.issuer ?? '',
  clientId: provider?.clientId ?? '',
  clientSecret: '',
  scopes: (provider?.scopes ?? ['openid', 'profile', 'email']).join(' '),
  // a new one is tested first
  enabled: provider?.enabled ?? false,
  linkByEmail: provider?.linkByEmail ?? false,
  createPeople: provider?.createPeople ?? false,
  role: provider?.role ?? null,
  mailDomains: provider?.mailDomains.join(' ') ?? '',
  trustsSecondFactor: provider?.trustsSecondFactor ?? false,
});

/** Is it worth asking the server? */
export const isComplete = ({ name, issuer, clientId, createPeople, role }: Fields): boolean =>
  [name, issuer, clientId].every((text) => text.trim() !== '') && (!createPeople || role !== null);

const words = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ''))];

/** What the server is told. */
export const bodyOf = ({ clientSecret, ...fields }: Fields) => ({
  ...fields,
  name: fields.name.trim(),
  issuer: fields.issuer.trim(),
  clientId: fields.clientId.trim(),
  ...(clientSecret === '' ? {} : { clientSecret }),
  scopes: words(fields.scopes),
  role: fields.createPeople ? fields.role : null,
  mailDomains: words(fields.mailDomains.toLowerCase()).map((domain) => domain.replace(/^@/, '')),
});
