import type { Role } from '@muster/contract/access';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { useSolutions } from '../app/solutions.tsx';
import { wordOf } from '../i18n/word.ts';

const none: readonly Role[] = [];

/** Every role with its name in the viewer's language; none for who may not see them, to whom a role is its id. */
export const useRoles = () => {
  const { i18n } = useTranslation();
  const mayRead = useMay('role:read');
  const solutions = useSolutions();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['roles'],
    queryFn: ({ signal }) => call(routes.access.roles, { signal }),
    enabled: mayRead,
    staleTime: 60_000,
  });
  const roles = data?.items ?? none;
  const names = useMemo(() => {
    const { language } = i18n;
    const byId = new Map(roles.map((role) => [role.id, role]));
    const titles = new Map(solutions.map(({ id, title }) => [id, wordOf(title, language)]));
    const nameOf = (id: string): string => {
      const role = byId.get(id);
      if (!role) return id;
      return wordOf(role.titles, language) || role.name;
    };
    /** Who brings the role; null: it is the organization's own, or the core's. */
    const solutionOf = ({ solution }: Role): string | null =>
      solution === null ? null : (titles.get(solution) ?? solution);
    return {
      find: (id: string | undefined): Role | undefined => (id === undefined ? undefined : byId.get(id)),
      nameOf,
      solutionOf,
      descriptionOf: (role: Role): string => wordOf(role.descriptions, language) || role.description,
      options: roles.map((role) => {
        const solution = solutionOf(role);
        const name = nameOf(role.id);
        return { value: role.id, label: solution === null ? name : `${name} · ${solution}` };
      }),
    };
  }, [roles, solutions, i18n.language, i18n]);
  return { ...names, roles, error, isPending, refetch };
};
