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

/** Every role, the organization's own first, with its name in the viewer's language; none for who may not see them, to whom a role is its id. */
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
  const listed = data?.items ?? none;
  // The organization's own ones are those that somebody looks for.
  const roles = useMemo(() => [...listed].sort((a, b) => Number(a.builtIn) - Number(b.builtIn)), [listed]);
  const names = useMemo(() => {
    const { language } = i18n;
    const byId = new Map(roles.map((role) => [role.id, role]));
    const titles = new Map(solutions.map(({ id, title }) => [id, wordOf(title, language)]));
    const shortName = (role: Role): string => wordOf(role.titles, language) || role.name;
    const alike = Map.groupBy(roles, shortName);
    /** Who brings the role; null: it is the organization's own, or the core's. */
    const solutionOf = ({ solution }: Role): string | null =>
      solution === null ? null : (titles.get(solution) ?? solution);
    const nameOf = (id: string): string => {
      const role = byId.get(id);
      if (!role) return id;
      const name = shortName(role);
      const solution = solutionOf(role);
      return solution === null || alike.get(name)?.length === 1 ? name : `${name} · ${solution}`;
    };
    return {
      find: (id: string | undefined): Role | undefined => (id === undefined ? undefined : byId.get(id)),
      nameOf,
      solutionOf,
      descriptionOf: (role: Role): string => wordOf(role.descriptions, language) || role.description,
      options: roles.map((role) => {
        const solution = solutionOf(role);
        const name = shortName(role);
        return { value: role.id, label: solution === null ? name : `${name} · ${solution}` };
      }),
    };
  }, [roles, solutions, i18n.language, i18n]);
  return { ...names, roles, error, isPending, refetch };
};
