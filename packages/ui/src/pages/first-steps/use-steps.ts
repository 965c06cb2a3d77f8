import type { Permission } from '@muster/contract/permissions';
import { routes } from '@muster/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useSession } from '../../api/session.tsx';
import { useOverview } from '../../data/overview.ts';
import { usePlaceTree } from '../../data/places.ts';
import { type StepName, stepNames } from './search.ts';

export interface Step {
  name: StepName;
  isDone: boolean;
}

const needed: Partial<Record<StepName, readonly Permission[]>> = {
  place: ['place:read', 'place:write'],
  device: ['device:read', 'device:write', 'device:credential'],
};

/**
 * The steps of whoever is signed in. What is done is read off what is there, so that they can be left at any time and are
 * right whatever was done elsewhere meanwhile. `steps` is undefined until that is known.
 */
export const useSteps = (): { steps: Step[] | undefined; error: Error | null; retry(): void } => {
  const { user } = useSession();
  const may = (name: StepName) => needed[name]?.every((permission) => user?.permissions.includes(permission)) ?? true;
  const factor = useQuery({
    queryKey: ['second-factor'],
    queryFn: ({ signal }) => call(routes.secondFactor.state, { signal }),
  });
  const passkeys = useQuery({
    queryKey: ['passkeys'],
    queryFn: ({ signal }) => call(routes.passkeys.list, { signal }),
  });
  const { tree, isPending, error: placesError } = usePlaceTree();
  const overview = useOverview(undefined, { enabled: may('device') });
  const { total = 0, pending = 0 } = overview.data?.devices ?? {};
  const isKnown = factor.data && passkeys.data && !isPending && (overview.data || !may('device'));
  const isDone: Record<StepName, boolean> = {
    security: factor.data?.confirmedAt != null || (passkeys.data?.items.length ?? 0) > 0,
    place: tree.nodes.length > 0,
    device: total > pending,
    done: false,
  };
  return {
    steps: isKnown ? stepNames.filter(may).map((name) => ({ name, isDone: isDone[name] })) : undefined,
    error: factor.error ?? passkeys.error ?? placesError ?? overview.error,
    retry: () => {
      for (const query of [factor, passkeys, overview]) if (query.isError) void query.refetch();
    },
  };
};
