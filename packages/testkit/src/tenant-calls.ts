import { type Api, createApi } from './api.ts';
import type { DeviceClient } from './mqtt.ts';
import type { TestDevice } from './organization.ts';

/** What the calls of a sequence work with. */
export interface TenantState {
  word: string;
  slug: string;
  api: Api;
  base(): string;
  /** Where his people sit, as the proxy says. */
  address: string;
  benches: { http: TestDevice; mqtt: DeviceClient };
  made: { places: string[]; people: string[]; keys: string[]; tokens: string[] };
  range: { from: string; to: string };
  /** Ids of what another organization made: a place, a person, a key, an enrollment token. */
  foreign(): (string | undefined)[];
  /** Those that he asked for; they stand as `FOREIGN` in what he was answered. */
  poked: Set<string>;
  /** A telemetry message, and what waits until it was heard on the screens. */
  nextMessage(n: number): [message: object, heard: () => Promise<void>];
  nextEvent(n: number): [event: object, heard: () => Promise<void>];
}

/** What one call was answered, as it came: name, status, headers that say something, body. */
export type Told = (call: string, answer: { status: number; headers: Headers; text: string }) => void;

type Call = (tenant: TenantState, n: number, told: Told) => Promise<void>;

/** Well formed, and of nobody: instead of one's own, and of somebody else's. */
const NEVER = '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f60';
const NOBODYS = '0193a5f0-7b1c-7d2e-8f3a-1b2c3d4e5f61';

type Ask = (api: Api) => ReturnType<Api['get']>;
/** A call that is one request of the owner. */
const ask =
  (make: (tenant: TenantState, n: number) => Ask, made?: 'places' | 'people' | 'keys' | 'tokens'): Call =>
  async (tenant, n, told) => {
    const answer = await make(tenant, n)(tenant.api);
    told(answer.call, answer);
    const { id = '', apiKey, enrollmentToken } = (answer.body ?? {}) as Record<string, unknown> & { id?: string };
    const inner = (apiKey ?? enrollmentToken) as { id: string } | undefined;
    if (made && answer.status === 201) tenant.made[made].push(inner?.id ?? id);
  };

const lists = [
  '/places?limit=2',
  '/devices',
  '/devices?sort=-lastSeen&limit=2',
  '/devices?label=ca&status=online',
  '/device-facets',
  '/place-kinds',
  '/devices/bench-1',
  '/devices/bench-1/latest',
  '/devices/bench-2/latest',
  '/devices/bench-1/events',
  '/devices/bench-2/rejected-messages',
  '/telemetry/ledger',
  '/telemetry/ledger?deviceId=bench-1',
  '/users',
  '/users?search=ca',
  '/roles',
  '/permissions',
  '/api-keys',
  '/enrollment-tokens',
  '/invitations',
  '/audit?limit=200',
  '/audit?text=ca&limit=200',
  '/audit/verify',
  '/overview',
  '/organization',
  '/organizations',
  '/auth/me',
  '/auth/sessions',
  '/auth/passkeys',
  '/device-types',
  '/metrics',
  '/installation',
  '/health',
  '/health/ready',
];
const exports = [
  '/audit/export?format=ndjson',
  '/audit/export?format=csv',
  '/places/export',
  '/devices/export',
  'csv',
  'ndjson',
];

const csv = { headers: { 'content-type': 'text/csv' } };

/** How what another organization made is asked for. */
const pokes: ((id: string) => Ask)[] = [
  (id) => (api) => api.get(`/places/${id}`),
  (id) => (api) => api.patch(`/places/${id}`, { name: 'Mine' }, { version: 1 }),
  (id) => (api) => api.delete(`/places/${id}`),
  (id) => (api) => api.get(`/places/${id}/effect?parentId=top`),
  (id) => (api) => api.post('/imports/places?dryRun=true', `id,path\n${id},mine\n`, csv),
  (id) => (api) => api.post('/places', { name: 'Below', kind: 'hall', parentId: id }),
  (id) => (api) => api.post('/devices', { deviceId: 'smuggled', type: 'generic', placeId: id }),
  (id) => (api) => api.get(`/users/${id}`),
  (id) => (api) => api.get(`/users/${id}/permissions`),
  (id) => (api) => api.get(`/users/${id}/sessions`),
  (id) => (api) => api.delete(`/users/${id}/sessions`),
  (id) => (api) => api.delete(`/users/${id}/sessions/${id}`),
  (id) => (api) => api.post(`/users/${id}/password-reset`, { way: 'link' }),
  (id) => (api) => api.delete(`/users/${id}/second-factor`),
  (id) => (api) => api.delete(`/users/${id}`),
  (id) => (api) => api.delete(`/api-keys/${id}`),
  (id) => (api) => api.post(`/api-keys/${id}/rotate`, {}),
  (id) => (api) => api.delete(`/enrollment-tokens/${id}`),
  (id) => (api) => api.get(`/overview?placeId=${id}`),
  (id) => (api) => api.get(`/audit?actor=${id}`),
];

/** Everything that a tenant may do in a sequence, by name. Names and ids are the same in every organization, texts are the tenant's own. */
export const tenantCalls = {
  makePlace: ask(
    ({ word }, n) =>
      (api) =>
        api.post(
          '/places',
          { name: `Hall ${n}`, kind: 'hall', address: word, attributes: { note: word } },
          { headers: { 'idempotency-key': `key-${n}` } },
        ),
    'places',
  ),
  changePlace: ask(
    ({ word, made }, n) =>
      (api) =>
        api.patch(`/places/${made.places.at(-1) ?? NEVER}`, { name: `${word} ${n}` }, { version: 1 }),
  ),
  importDevices: ask(({ word }, n) => (api) => {
    const file = `deviceId,name,type,labels\nfile-${n},${word},generic,${word}\nfile-${n}-b,${word},generic,\n`;
    return api.post('/imports/devices', file, csv);
  }),
  importPlaces: ask(({ word }, n) => (api) => {
    return api.post('/imports/places', `path,name,kind,address\nfile-${n},${word},site,${word}\n`, csv);
  }),
  makeDevice: ask(({ word, made }, n) => (api) => {
    const placeId = made.places.at(-1);
    const labels = [word];
    return api.post('/devices', { deviceId: `gate-${n}`, type: 'generic', name: word, labels, placeId });
  }),
  makeDeviceToken: ask((_, n) => (api) => api.post(`/devices/gate-${n}/token`, {})),
  deleteDevice: ask((_, n) => (api) => api.delete(`/devices/gate-${n}`)),
  makePerson: ask(({ word }, n) => {
    const roles = [{ role: n % 2 ? 'viewer' : 'no-such-role' }];
    const person = { username: `user${n}`, email: `user${n}@example.com`, name: word, roles };
    return (api) => api.post('/users', { ...person, password: 'seven foxes on a roof' });
  }, 'people'),
  disablePerson: ask(
    ({ made }) =>
      (api) =>
        api.patch(`/users/${made.people.at(-1) ?? NEVER}`, { status: 'disabled' }, { version: 1 }),
  ),
  helpPerson: ask(({ made }, n) => {
    const path = `/users/${made.people.at(-1) ?? NEVER}`;
    if (n % 4 === 0) return (api) => api.get(`${path}/sessions`);
    if (n % 4 === 1) return (api) => api.delete(`${path}/sessions`);
    if (n % 4 === 2) return (api) => api.delete(`${path}/second-factor`);
    return (api) => api.post(`${path}/password-reset`, { way: 'link' });
  }),
  makeRole: ask(
    ({ word }, n) =>
      (api) =>
        api.post('/roles', { name: `Role ${n}`, description: word, permissions: ['device:read'] }),
  ),
  makeKey: async (tenant, n, told) => {
    const input = { name: `${tenant.word} ${n}`, permissions: ['device:read', 'place:read'] };
    const answer = await tenant.api.post<{ secret: string; apiKey: { id: string } }>('/api-keys', input);
    told(answer.call, answer);
    tenant.made.keys.push(answer.body.apiKey.id);
    const script = createApi(tenant.base, () => answer.body.secret);
    for (const path of ['/devices', '/places', '/users']) {
      const found = await script.get(path);
      told(`${found.call} with a key`, found);
    }
  },
  revokeKey: ask(
    ({ made }) =>
      (api) =>
        api.delete(`/api-keys/${made.keys.at(-1) ?? NEVER}`),
  ),
  enroll: async (tenant, n, told) => {
    const token = await tenant.api.post<{ secret: string; enrollmentToken: { id: string } }>('/enrollment-tokens', {
      name: `${tenant.word} ${n}`,
    });
    told(token.call, token);
    tenant.made.tokens.push(token.body.enrollmentToken.id);
    const device = createApi(tenant.base, () => token.body.secret);
    const wish = { deviceId: `gate-${n}`, type: 'generic', name: tenant.word, serialNumber: tenant.word };
    for (const deviceId of [wish.deviceId, 'one-too-many']) {
      const registered = await device.post('/provisioning/register', { ...wish, deviceId });
      told(registered.call, registered);
    }
  },
  invite: ask(
    ({ word }, n) =>
      (api) =>
        api.post('/invitations', { email: `${word.replaceAll(' ', '.')}.${n}@example.com`, roles: [] }),
  ),
  measureOverHttp: async (tenant, n, told) => {
    const [message, heard] = tenant.nextMessage(n);
    const answer = await tenant.benches.http.api.post('/device/telemetry', message);
    told(answer.call, answer);
    await heard();
  },
  measureOverMqtt: async (tenant, n) => {
    const [message, heard] = tenant.nextMessage(n);
    await tenant.benches.mqtt.telemetry(message);
    await heard();
  },
  tellEvent: async (tenant, n, told) => {
    const [event, heard] = tenant.nextEvent(n);
    const answer = await tenant.benches.http.api.post('/device/events', event);
    told(answer.call, answer);
    await heard();
  },
  measureWrongly: async (tenant, n, told) => {
    const answer = await tenant.benches.http.api.post('/device/telemetry', { values: { [tenant.word]: [n] } });
    told(answer.call, answer);
  },
  list: ask((_, n) => (api) => api.get(lists[n % lists.length] as string)),
  export: ask(({ range }, n) => {
    const wish = exports[n % exports.length] as string;
    if (wish.startsWith('/')) return (api) => api.get(wish);
    return (api) => api.get(`/devices/bench-${1 + (n % 2)}/telemetry/export`, { query: { ...range, format: wish } });
  }),
  readRange: ask(({ range }, n) => (api) => {
    const query = { ...range, points: n % 2 ? 10_000 : 5 };
    return api.get(`/devices/bench-${1 + (n % 2)}/telemetry`, { query });
  }),
  lookForForeign: ask(({ foreign, poked }, n) => {
    const poke = pokes[n % pokes.length] as (typeof pokes)[number];
    const id = foreign()[n % 4] ?? NOBODYS;
    poked.add(id);
    return poke(id);
  }),
  signInWrongly: ask(({ address, word, slug }, n) => {
    const login = { username: `user-${word}`, password: `${word} ${n}`, organization: slug };
    return (api) => api.post('/auth/login', login, { headers: { 'x-forwarded-for': address } });
  }),
} as const satisfies Record<string, Call>;

export type TenantCall = keyof typeof tenantCalls;
