import { corePlaceKinds, type PlaceKind, type Solution } from '@muster/contract/solution';
import { createContext, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { wordOf } from '../i18n/word.ts';

const Context = createContext<readonly Solution[]>([]);

/** Gives the solutions of this app to everything below it. */
export const SolutionsProvider = Context;

/** The solutions of this app. */
export const useSolutions = (): readonly Solution[] => useContext(Context);

/** Kinds of place that the core and the solutions bring, once each. */
const usePlaceKinds = (): readonly PlaceKind[] => {
  const solutions = useSolutions();
  return useMemo(() => {
    const kinds = [...corePlaceKinds, ...solutions.flatMap((solution) => solution.placeKinds)];
    return [...new Map(kinds.map((kind) => [kind.id, kind])).values()];
  }, [solutions]);
};

/** Kinds of place to choose from, in the viewer's language. */
export const usePlaceKindOptions = (): { value: string; label: string }[] => {
  const kinds = usePlaceKinds();
  const { i18n } = useTranslation();
  return kinds.map((kind) => ({ value: kind.id, label: wordOf(kind.title, i18n.language) }));
};
