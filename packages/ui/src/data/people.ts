import { routes } from '@muster/contract/routes';
import type { Person } from '@muster/contract/users';
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';

/** A person of the organization. */
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id] as const,
    queryFn: ({ signal }) => call(routes.users.get, { params: { id }, signal }),
  });

/** What a person may, and where. */
export const personPermissions = (id: string) =>
  queryOptions({
    queryKey: ['people', 'permissions', id] as const,
    queryFn: ({ signal }) => call(routes.users.permissions, { params: { id }, signal }),
  });

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
