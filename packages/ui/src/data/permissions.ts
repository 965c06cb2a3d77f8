import { permissions as corePermissions, type PermissionDefinition } from '@muster/contract/permissions';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client.ts';
import { useSolutions } from '../app/solutions.tsx';
import { wordOf } from '../i18n/word.ts';

const none: readonly string[] = [];

/** Everything that may be done in this installation, by its id. */
export const useAllPermissions = () => {
  const { data, error, refetch } = useQuery({
    queryKey: ['permissions'],
    queryFn: ({ signal }) => call(routes.access.permissions, { signal }),
    staleTime: 5 * 60_000,
  });
  const permissions = useMemo(() => data?.items.map(({ id }) => id) ?? none, [data]);
  return { permissions, error, refetch };
};

/** Permissions that belong together: of a resource of the core, or of a solution. */
export interface PermissionGroup<Item> {
  id: string;
  title: string;
  items: readonly { item: Item; title: string }[];
}

/** Permissions with their titles in the viewer's language, in groups, in the order in which they are declared. */
export const usePermissionGroups = (): {
  group<Item>(items: readonly Item[], idOf: (item: Item) => string): PermissionGroup<Item>[];
} => {
  const { t, i18n } = useTranslation('roles');
  const solutions = useSolutions();
  return useMemo(() => {
    const known = new Map<string, { title: string; group: string; groupTitle: string; order: number }>();
    const add = (id: string, { title }: PermissionDefinition, group: string, groupTitle: string) =>
      known.set(id, { title: wordOf(title, i18n.language), group, groupTitle, order: known.size });
    for (const [id, definition] of Object.entries(corePermissions)) {
      const resource = id.slice(0, id.indexOf(':'));
      add(id, definition, resource, t(`resource.${resource}`, { defaultValue: resource }));
    }
    for (const solution of solutions) {
      for (const [id, definition] of Object.entries(solution.permissions ?? {})) {
        add(id, definition, `solution ${solution.id}`, wordOf(solution.title, i18n.language));
      }
    }
    const orderOf = (id: string) => known.get(id)?.order ?? known.size;
    return {
      group: (items, idOf) => {
        const sorted = items.toSorted((a, b) => orderOf(idOf(a)) - orderOf(idOf(b)));
        // What only the server knows, for it has a solution more than this app.
        const groupOf = (id: string) => known.get(id)?.group ?? 'other';
        return [...Map.groupBy(sorted, (item) => groupOf(idOf(item)))].map(([id, members]) => ({
          id,
          title: known.get(idOf(members[0] as (typeof items)[number]))?.groupTitle ?? t('resource.other'),
          items: members.map((item) => ({ item, title: known.get(idOf(item))?.title ?? idOf(item) })),
        }));
      },
    };
  }, [solutions, t, i18n.language]);
};
