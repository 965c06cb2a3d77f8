import type { RouteDefinition } from '@muster/contract/route';
import { API_PREFIX } from '@muster/contract/routes';

type Query = Readonly<Record<string, unknown>>;

/** The address of a route with its parameters and query filled in. What is undefined in the query is left out. */
export const addressOf = (route: RouteDefinition, params: Query = {}, query: Query = {}): string => {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return `${API_PREFIX}${path}${search.size > 0 ? `?${search}` : ''}`;
};
