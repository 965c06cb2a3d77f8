import { Select, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type PlaceNode, pathOf } from '../data/place-tree.ts';
import { usePlaceTree } from '../data/places.ts';

/** More are found by typing. */
const SHOWN = 100;

type PlaceSelectProps = Omit<SelectProps, 'data' | 'limit' | 'value' | 'onChange'> & {
  value: string | null;
  onChange(placeId: string | null): void;
  /** Leaves out places that cannot be chosen. */
  allow?: (node: PlaceNode) => boolean;
};

/** Chooses a place, or none, by its path. */
export const PlaceSelect = ({ allow = () => true, value, onChange, ...props }: PlaceSelectProps) => {
  const { t } = useTranslation('places');
  const { tree } = usePlaceTree();
  return (
    <Select
      placeholder={t('select.none')}
      nothingFoundMessage={t('select.unknown')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('select.clear') }}
      limit={SHOWN}
      data={tree.nodes.filter(allow).map((node) => ({ value: node.place.id, label: pathOf(node) }))}
      value={value}
      onChange={onChange}
      {...props}
    />
  );
};
