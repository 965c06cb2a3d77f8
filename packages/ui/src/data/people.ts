import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';

const FOUND = 6;
const SESSIONS_MS = 30_000;

/** A person of the organization. */
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id] as const,
    queryFn: ({ signal }) => call(routes.users.get, { params: { id }, signal }),
  });

/** The first people whom a search finds. */
export const foundPeople = (search: string) =>
  queryOptions({
    queryKey: ['people', 'found', search] as const,
    queryFn: ({ signal }) => call(routes.users.list, { query: { search, limit: FOUND }, signal }),
    staleTime: 10_000,
  });

/** What a person may, and where. */
export const personPermissions = (id: string) =>
  queryOptions({
    queryKey: ['people', 'permissions', id] as const,
    queryFn: ({ signal }) => call(routes.users.permissions, { params: { id }, signal }),
  });

/** Where a person is signed in. */
export const personSessions = (id: string) =>
  queryOptions({
    queryKey: ['people', 'sessions', id] as const,
    queryFn: ({ signal }) => call(routes.users.sessions, { params: { id }, signal }),
    refetchInterval: SESSIONS_MS,
  });

/** Has everything about a person read anew: who it is, and where signed in. */
export const readPersonAnew = (client: QueryClient, id: string): Promise<unknown> =>
  Promise.all([personQuery(id), personSessions(id)].map(({ queryKey }) => client.invalidateQueries({ queryKey })));

/** Puts what the server answered where pages read it, and has the rest about people read anew. */
export const keepPerson = async (client: QueryClient, person: Person): Promise<void> => {
  client.setQueryData(personQuery(person.id).queryKey, person);
  await Promise.all([
    client.invalidateQueries({ queryKey: ['people', 'list'] }),
    client.invalidateQueries({ queryKey: ['people', 'permissions', person.id] }),
    client.invalidateQueries({ queryKey: ['roles'] }),
  ]);
};

/** As others call a person. */
export const nameOfPerson = ({ name, username }: { name: string; username: string }): string => name || username;
