import { mayStandIn, type PlaceKind } from '@muster/contract/solution';
import { useTranslation } from 'react-i18next';
import { usePlaceKinds } from '../app/solutions.tsx';
import { wordOf } from '../i18n/word.ts';
import type { PlaceNode } from './place-tree.ts';

/** What the rules of the solutions say about kinds of place. */
export const useKindRules = () => {
  const kinds = usePlaceKinds();
  const { i18n } = useTranslation();
  const kindOf = (id: string): PlaceKind | undefined => kinds.find((kind) => kind.id === id);
  return {
    nameOf: (id: string) => wordOf(kindOf(id)?.title ?? { en: id }, i18n.language),
    /** Kinds that may stand in a place of this one (null: at the top), to choose from. */
    optionsIn: (parentKind: string | null) =>
      kinds
        .filter((kind) => mayStandIn(kind, parentKind))
        .map((kind) => ({ value: kind.id, label: wordOf(kind.title, i18n.language) })),
    /** May a place of this kind stand there? */
    fits: (kind: string, parent: PlaceNode | null) => mayStandIn(kindOf(kind), parent?.place.kind ?? null),
  };
};
