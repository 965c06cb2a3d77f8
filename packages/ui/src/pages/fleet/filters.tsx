import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { deviceStatuses } from '@muster/contract/devices';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDeviceTypes } from '../../data/device-types.ts';
import { useKeys } from '../../shell/keys.ts';
import classes from './filters.module.css';
import type { FleetSearch } from './search.ts';

const ALL = 'all';
const TYPING_MS = 200;

interface FiltersProps {
  search: FleetSearch;
  onSearch(next: Partial<FleetSearch>): void;
}

/** What the list is limited to, beside the place. */
export const Filters = ({ search, onSearch }: FiltersProps) => {
  const { t } = useTranslation('fleet');
  const states = useTranslation('state').t;
  const types = useDeviceTypes();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(search.q ?? '');
  const ask = useDebouncedCallback((q: string) => onSearch({ q: q.trim() || undefined }), TYPING_MS);

  // The address changed by other means than typing: back, or a link.
  useEffect(() => {
    setTyped((before) => (before.trim() === (search.q ?? '') ? before : (search.q ?? '')));
  }, [search.q]);

  useKeys({ '/': () => field.current?.focus() });

  return (
    <search className={classes.filters}>
      <TextInput
        ref={field}
        className={classes.search ?? ''}
        type="search"
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          ask(value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          // The browser would empty the field: it is only left, for j and k.
          event.preventDefault();
          field.current?.blur();
        }}
        placeholder={t('filter.search')}
        aria-label={t('filter.search')}
        aria-keyshortcuts="/"
        rightSection={<kbd>/</kbd>}
        maxLength={120}
      />
      <Select
        className={classes.select ?? ''}
        aria-label={t('column.status')}
        data={[
          { value: ALL, label: t('filter.allStates') },
          ...deviceStatuses.map((status) => ({ value: status, label: states(status) })),
        ]}
        value={search.status ?? ALL}
        onChange={(value) => onSearch({ status: deviceStatuses.find((status) => status === value) })}
      />
      <Select
        className={classes.select ?? ''}
        aria-label={t('column.type')}
        data={[{ value: ALL, label: t('filter.allTypes') }, ...types.options]}
        value={search.type ?? ALL}
        onChange={(value) => onSearch({ type: value === ALL || value === null ? undefined : value })}
        comboboxProps={{ width: 260, position: 'bottom-start' }}
      />
    </search>
  );
};
