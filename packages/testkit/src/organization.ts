import type { Tokens } from '@muster/contract/identity';
import type { Person } from '@muster/contract/users';
import { hashPassword } from '@muster/core/identity/passwords';
import { newId } from '@muster/core/platform/uuid';
import { type Api, bodyOf, createApi } from './api.ts';
import type { DeviceCredential } from './mqtt.ts';

/** A device with a token, and a client that calls as it. */
export interface TestDevice extends DeviceCredential {
  type: string;
  api: Api;
}

/** A person who signed in. */
export interface SignedIn {
  accessToken: string;
  /** `muster_refresh=…`, as a browser sends it back. */
  cookie: string;
  /** The header as the server sent it. */
  setCookie: string;
  api: Api;
}

/** A person who signed in and calls the API. */
export interface TestPerson {
  id: string;
  username: string;
  version: number;
  api: Api;
}

/** An organization of a test server, seen by its owner. */
export interface TestOrganization {
  id: string;
  slug: string;
  owner: { username: string; password: string };
  api: Api;
  signIn(headers?: Record<string, string>): Promise<SignedIn>;
  /** Makes a person who holds these roles, and signs him in. */
  addPerson(roles: { role: string; placeId?: string; deviceId?: string }[]): Promise<TestPerson>;
  /** Makes a device; its id is made up unless it is said. */
  createDevice(wish?: { type?: string; deviceId?: string; placeId?: string }): Promise<TestDevice>;
}

/** Runs one statement as the owner of the tables. */
export type Admin = <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>;

/** The password of every owner in tests; its hash is made once a process. */
export const PASSWORD = 'four tests before breakfast';
let hash: Promise<string> | undefined;

/** Makes a further organization with its owner, whose password is his own from the beginning. */
export async function insertOrganization(admin: Admin, slug: string): Promise<{ id: string; username: string }> {
  const id = newId();
  const username = `owner-of-${slug}`;
  hash ??= hashPassword(PASSWORD);
  await admin('insert into organizations (id, slug, name) values ($1, $2, $3)', [id, slug, slug]);
  const userId = newId();
  await admin('insert into users (id, organization_id, username, email, password_hash) values ($1, $2, $3, $4, $5)', [
    userId,
    id,
    username,
    `${username}@example.com`,
    await hash,
  ]);
  await admin(`insert into role_assignments (organization_id, user_id, role) values ($1, $2, 'owner')`, [id, userId]);
  const told = JSON.stringify({ kind: 'organization.changed', organizationId: id });
  await admin(`select pg_notify('muster', $1)`, [told]);
  return { id, username };
}

/** Signs the owner of an organization in and ties the calls of tests to it. */
export async function openOrganization(
  base: () => string,
  { id, slug, username }: { id?: string; slug: string; username: string },
): Promise<TestOrganization> {
  const anybody = createApi(base);
  const owner = { username, password: PASSWORD };

  async function signIn(headers: Record<string, string> = {}): Promise<SignedIn> {
    const answer = await anybody.post<Tokens>('/auth/login', { ...owner, organization: slug }, { headers });
    const { accessToken } = await bodyOf(answer);
    const setCookie = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('muster_refresh=')) ?? '';
    return {
      accessToken,
      setCookie,
      cookie: setCookie.split(';', 1)[0] ?? '',
      api: createApi(base, () => accessToken),
    };
  }

  const answer = await bodyOf(anybody.post<Tokens>('/auth/login', { ...owner, organization: slug }));
  const api = createApi(base, () => answer.accessToken);
  let devices = 0;
  let people = 0;
  return {
    id: id ?? answer.user.organization.id,
    slug,
    owner,
    api,
    signIn,
    async addPerson(roles) {
      const username = `person-${++people}-of-${slug}`;
      const email = `${username}@example.com`;
      const person = await bodyOf(api.post<Person>('/users', { username, email, password: PASSWORD, roles }), 201);
      const login = { username, password: PASSWORD, organization: slug };
      const { accessToken } = await bodyOf(anybody.post<Tokens>('/auth/login', login));
      const change = { currentPassword: PASSWORD, newPassword: `${PASSWORD}, then coffee` };
      await bodyOf(createApi(base, () => accessToken).post('/auth/password/change', change), 204);
      return { id: person.id, username, version: person.version, api: createApi(base, () => accessToken) };
    },
    async createDevice({ type = 'generic', deviceId = `device-${++devices}`, placeId } = {}) {
      await bodyOf(api.post('/devices', { deviceId, type, ...(placeId ? { placeId } : {}) }), 201);
      const made = await bodyOf(api.post<{ token: string; username: string }>(`/devices/${deviceId}/token`, {}), 201);
      return { deviceId, type, ...made, api: createApi(base, () => made.token) };
    },
  };
}
