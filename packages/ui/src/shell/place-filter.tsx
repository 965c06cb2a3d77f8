import { Combobox, ScrollArea, useCombobox } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { pathOf } from '../data/place-tree.ts';
import { usePlaceTree } from '../data/places.ts';
import { usePlace } from '../nav/place.ts';
import options from '../parts/place-options.module.css';
import { findPlaces, PlaceOptions } from '../parts/place-options.tsx';
import classes from './chip.module.css';

const EVERYWHERE = '';

/** Limits every page to a place and what is below it. */
export const PlaceFilter = () => {
  const { t } = useTranslation('shell');
  const { place, setPlace } = usePlace();
  const { tree } = usePlaceTree();
  const [search, setSearch] = useState('');
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch('');
    },
    onDropdownOpen: () => {
      combobox.focusSearchInput();
      combobox.updateSelectedOptionIndex('active');
    },
  });
  const node = tree.find(place);
  const found = findPlaces(tree, search);
  const name = place === undefined ? t('place.everywhere') : (node?.place.name ?? t('place.unknown'));

  if (tree.nodes.length === 0 && place === undefined) return null;
  return (
    <Combobox
      store={combobox}
      width={320}
      position="bottom-start"
      shadow="md"
      withinPortal={false}
      onOptionSubmit={(value) => {
        setPlace(value === EVERYWHERE ? undefined : value);
        combobox.closeDropdown();
        combobox.focusTarget();
      }}
    >
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <button
          type="button"
          className={`${classes.chip} ${classes.shrinks}`}
          aria-haspopup="listbox"
          aria-expanded={combobox.dropdownOpened}
          title={node ? pathOf(node) : undefined}
          onClick={() => combobox.toggleDropdown()}
        >
          <span className={classes.wide}>{t('place.label')}</span> <b>{name}</b>
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.updateSelectedOptionIndex();
          }}
          placeholder={t('place.search')}
          aria-label={t('place.search')}
        />
        <Combobox.Options aria-label={t('place.label')}>
          <ScrollArea.Autosize mah={360} type="auto">
            {search === '' ? (
              <Combobox.Option value={EVERYWHERE} active={place === undefined} className={options.option}>
                {t('place.everywhere')}
              </Combobox.Option>
            ) : null}
            <PlaceOptions nodes={found} selected={place} flat={search !== ''} />
            {found.length === 0 ? <Combobox.Empty>{t('place.none')}</Combobox.Empty> : null}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
};
