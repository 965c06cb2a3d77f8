import { corePlaceKinds, type PlaceKind, type Solution } from '@muster/contract/solution';
import { createContext, useContext, useMemo } from 'react';

const Context = createContext<readonly Solution[]>([]);

/** Gives the solutions of this app to everything below it. */
export const SolutionsProvider = Context;

/** The solutions of this app. */
export const useSolutions = (): readonly Solution[] => useContext(Context);

/** Kinds of place that the core and the solutions bring, once each. */
export const usePlaceKinds = (): readonly PlaceKind[] => {
  const solutions = useSolutions();
  return useMemo(() => {
    const kinds = [...corePlaceKinds, ...solutions.flatMap((solution) => solution.placeKinds)];
    return [...new Map(kinds.map((kind) => [kind.id, kind])).values()];
  }, [solutions]);
};
